/* SPDX-License-Identifier: GPL-2.0-only */
/* Intrusive circular doubly-linked list. An unlinked node and an empty head point at themselves. */
#pragma once

#include <base/macros.h>

struct link {
    struct link *next, *prev;
};

static inline void list_init (struct link *l) { l->next = l->prev = l; }

static inline bool list_empty (struct link const *l) { return l->next == l; }

static inline void list_insert_before (struct link *pos, struct link *l)
{
    l->next = pos;
    l->prev = pos->prev;
    pos->prev->next = l;
    pos->prev = l;
}

static inline void list_append (struct link *head, struct link *l) { list_insert_before (head, l); }

static inline void list_prepend (struct link *head, struct link *l) { list_insert_before (head->next, l); }

/* The node's own pointers stay stale: for nodes whose owner knows otherwise that they are in no list */
static inline void list_unlink (struct link *l)
{
    struct link *const next = l->next, *const prev = l->prev;

    next->prev = prev;
    prev->next = next;
}

/* Moves all nodes of from, which is not empty, to the end of the list. */
static inline void list_splice (struct link *head, struct link *from)
{
    from->next->prev = head->prev;
    head->prev->next = from->next;
    from->prev->next = head;
    head->prev = from->prev;
    list_init (from);
}

static inline void list_remove (struct link *l)
{
    l->next->prev = l->prev;
    l->prev->next = l->next;
    list_init (l);
}
