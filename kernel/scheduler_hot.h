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

#define SLICE_NEVER (~UINT64_C (0) >> 1)                /* distances between times are signed                       */

/* Becomes ready, last of its priority */
static inline void scheduler_ready (struct sc *sc)
{
    struct sc const *const current = cpu_local.sched.current;

    assert (sc->cpu == cpu_local.id);

    list_append (sc->queue, &sc->link);
    *sc->word |= sc->mask;

    if (!current || UNLIKELY (sc->prio > current->prio))
        cpu_local.hazard |= HAZARD_SCHED;
}

/* The idle SC of priority 0 is always ready or current, so there is one. */
static inline struct sc *scheduler_take_best (struct scheduler *s)
{
    for (;;) {

        uint64_t *const w = LIKELY (s->bitmap[1]) ? &s->bitmap[1] : &s->bitmap[0];
        uint64_t const b  = bit_high (*w);
        struct link *const q = (w == s->bitmap ? s->ready : s->ready + 64) + b, *const first = q->next;

        if (LIKELY (first != q)) {
            list_unlink (first);
            return container_of (first, struct sc, link);
        }

        *w &= ~BIT64 (b);
    }
}

static inline void scheduler_start (struct scheduler *s, struct sc *sc)
{
    uint64_t const end = LIKELY (sc->prio) ? s->last + sc->left : SLICE_NEVER;

    s->current = sc;
    sc_start (sc, s->last);

    cpu_local.timeouts.slice = end;
    if (UNLIKELY (end < cpu_local.timeouts.armed))
        timeout_arm();
}

/* The current SC stops, and keeps what is left of its budget; an empty budget is filled again. Returns whether it was empty. */
static inline bool scheduler_stop (struct scheduler *s, struct sc *sc)
{
    uint64_t const now = timer_now();
    int64_t const left = (int64_t)(cpu_local.timeouts.slice - now);

    sc_stop (sc, now);
    s->last    = now;
    s->current = NULL;

    bool const empty = left <= 0;
    sc->left = UNLIKELY (empty) ? sc->budget : (uint64_t)left;

    return empty;
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
