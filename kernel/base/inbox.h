/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What other CPUs hand over to one CPU: they push, it takes everything at once, the earliest first. Lock-free; nothing is ever
 * taken singly, so there is no ABA problem. Ordering: a push releases what was stored before, the taking acquires it.
 */
#pragma once

#include <base/atomic.h>
#include <base/macros.h>

struct inbox_link { struct inbox_link *next; };

struct inbox { _Atomic (struct inbox_link *) top; };

/* Returns true if the inbox was empty: then its CPU has to be told. */
static inline bool inbox_push (struct inbox *b, struct inbox_link *l)
{
    struct inbox_link *top = rlx_load (&b->top);

    do
        l->next = top;
    while (!atomic_cas (&b->top, &top, l));

    return !top;
}

static inline bool inbox_empty (struct inbox *b) { return !rlx_load (&b->top); }

/* The list of all, linked by next; the latest is on top, so it is turned round. */
static inline struct inbox_link *inbox_take (struct inbox *b)
{
    struct inbox_link *fifo = NULL;

    if (LIKELY (inbox_empty (b)))
        return NULL;

    for (struct inbox_link *l = atomic_swap (&b->top, NULL), *next; l; l = next) {
        next = l->next;
        l->next = fifo;
        fifo = l;
    }

    return fifo;
}
