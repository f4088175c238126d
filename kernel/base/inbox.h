/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What other CPUs hand over to one CPU: they push, it takes everything at once, and has it one by one, the earliest first. Lock-free;
 * nothing is ever taken singly, so there is no ABA problem. Ordering: a push releases what was stored before, the taking acquires it.
 * There may be thousands, so its CPU says how many links it wants to touch.
 */
#pragma once

#include <base/atomic.h>
#include <base/macros.h>

struct inbox_link { struct inbox_link *next; };

struct inbox {
    _Atomic (struct inbox_link *) top;                  /* pushed, the latest first                                 */
    struct inbox_link *taken, *fifo;                    /* its CPU: still to be turned round; then the earliest first */
};

/* Returns true if the inbox was empty: then its CPU has to be told. */
static inline bool inbox_push (struct inbox *b, struct inbox_link *l)
{
    struct inbox_link *top = rlx_load (&b->top);

    do
        l->next = top;
    while (!atomic_cas (&b->top, &top, l));

    return !top;
}

static inline bool inbox_empty (struct inbox *b) { return !rlx_load (&b->top) && !b->taken && !b->fifo; }

/* Has anything arrived since its CPU last took all? */
static inline bool inbox_arrived (struct inbox *b) { return rlx_load (&b->top); }

/* Its CPU: the earliest one, or null when there is none, or when *touch, which counts down, is used up before it is found. */
static inline struct inbox_link *inbox_next (struct inbox *b, unsigned *touch)
{
    if (LIKELY (inbox_empty (b)))
        return NULL;

    if (!b->taken && !b->fifo)
        b->taken = atomic_swap (&b->top, NULL);

    for (; b->taken && *touch; --*touch) {
        struct inbox_link *const l = b->taken;
        b->taken = l->next;
        l->next = b->fifo;
        b->fifo = l;
    }

    if (!*touch)
        return NULL;

    struct inbox_link *const l = b->fifo;

    b->fifo = l->next;
    --*touch;

    return l;
}
