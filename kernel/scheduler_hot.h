/* SPDX-License-Identifier: GPL-2.0-only */
/* The inline half of the scheduler: what every wake-up and every switch between SCs runs. */
#pragma once

#include <base/assert.h>
#include <cpu_local.h>
#include <ec.h>
#include <hazard.h>
#include <preempt.h>
#include <sc.h>
#include <scheduler.h>
#include <timer.h>

#define SLICE_NEVER (INT64_C (1) << 62)                 /* in ticks: centuries                                      */

/* Into the queue of its priority, before this one, which may be the queue itself */
static inline void scheduler_enqueue (struct sc *sc, struct link *before)
{
    list_insert_before (before, &sc->link);
    *sc->word |= sc->mask;
}

/* Becomes ready, last of its priority */
static inline void scheduler_ready (struct sc *sc)
{
    struct sc const *const current = cpu_local.sched.current;

    assert (sc->cpu == cpu_local.id);

    scheduler_enqueue (sc, sc->queue);

    if (!current || UNLIKELY (sc->prio > current->prio))
        cpu_local.hazard |= HAZARD_SCHED;
}

/* The first one of the best priority in one word of the bitmap, which is not 0 */
ALWAYS_INLINE struct sc *scheduler_take (struct link *queue, uint64_t *word)
{
    uint64_t const ready = *word, b = bit_high (ready);
    struct link *const q = queue + b, *const first = q->next, *const next = first->next;

    q->next = next;
    next->prev = q;

    if (LIKELY (next == q))
        *word = ready & ~BIT64 (b);

    return container_of (first, struct sc, link);
}

/* The idle SC of priority 0 is always ready or current, so there is one. */
ALWAYS_INLINE struct sc *scheduler_take_best (struct scheduler *s)
{
    return LIKELY (s->bitmap[1]) ? scheduler_take (s->ready + 64, s->bitmap + 1) : scheduler_take (s->ready, s->bitmap);
}

/* It is the current one. Returns whether its slice ends before the hardware timer would tell: timeout_arm() has to be called. */
static inline bool scheduler_begin (struct scheduler *s, struct sc *sc)
{
    uint64_t const end = (uint64_t)(sc->limit - sc_start (sc, s->last));

    s->current = sc;
    cpu_local.timeouts.slice = end;

    return end < cpu_local.timeouts.armed;
}

static inline void scheduler_start (struct scheduler *s, struct sc *sc)
{
    if (UNLIKELY (scheduler_begin (s, sc)))
        timeout_arm();
}

/* The current SC stops, and keeps what is left of its budget; an empty budget is filled again. Returns whether it was empty. */
static inline bool scheduler_stop (struct scheduler *s, struct sc *sc)
{
    uint64_t const now = timer_now();
    int64_t const used = sc_stop (sc, now);
    bool const empty = used >= sc->limit;

    s->last    = now;
    s->current = NULL;

    if (UNLIKELY (empty))
        sc->limit = used + sc->budget;

    return empty;
}

/* The current SC makes way: to the end of its queue when the budget is used up, otherwise to the front. */
static inline void scheduler_yield (struct scheduler *s, struct sc *sc)
{
    struct link *const q = sc->queue;

    scheduler_enqueue (sc, UNLIKELY (scheduler_stop (s, sc)) ? q : q->next);
}

/*
 * A hypercall of the EC that runs makes this SC ready. If its priority is higher than that of the current SC, it is the best one, since the
 * current one was (or HAZARD_SCHED would be set): it is the current one then, without a way through its queue. Returns whether it is.
 */
static inline bool scheduler_ready_hot (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;
    struct sc *const old = s->current;

    if (sc->prio <= old->prio || UNLIKELY (cpu_local.hazard & HAZARD_SCHED)) {
        scheduler_enqueue (sc, sc->queue);
        return false;
    }

    scheduler_yield (s, old);
    scheduler_start (s, sc);

    return true;
}

/* The current SC waits until this blocked EC goes on. */
static inline void scheduler_wait (struct ec *ec)
{
    struct scheduler *const s = &cpu_local.sched;
    struct sc *const sc = s->current;

    scheduler_stop (s, sc);
    list_append (&ec->waiting, &sc->link);
}

/*
 * Decides which EC runs now: the end of the call chain of the current SC, or, if that is blocked, absent or to be preempted,
 * of the best ready one. An SC whose chain ends in a blocked EC waits in that EC.
 */
static inline struct ec *scheduler_select (void)
{
    struct scheduler *const s = &cpu_local.sched;

    if (UNLIKELY (cpu_local.hazard & HAZARD_SCHED))
        scheduler_preempt();

    for (;;) {

        if (!s->current)
            scheduler_start (s, scheduler_take_best (s));

        struct ec *const ec = ec_chain_end (s->current->ec);

        if (LIKELY (!ec->blocked))
            return ec;

        scheduler_wait (ec);
        preemption_point();                             /* thousands may wait for the same one                      */
    }
}
