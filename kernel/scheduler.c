/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduler. Priority p has a FIFO of ready SCs and bit p of the bitmap: two words are searched, whatever is ready. An SC is
 * in exactly one place: current, a ready queue, the waiting list of a blocked EC, or nowhere (its EC has not started).
 */
#include <scheduler.h>

#include <base/assert.h>
#include <cpu_local.h>
#include <ec.h>
#include <hazard.h>
#include <sc.h>
#include <timer.h>

#define NEVER (~UINT64_C (0) >> 1)                      /* distances between times are signed                       */

void scheduler_cpu_init (void)
{
    struct scheduler *const s = &cpu_local.sched;

    for (unsigned p = 0; p < PRIORITIES; p++)
        list_init (&s->ready[p]);

    s->last = timer_now();
}

void scheduler_ready (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;

    assert (sc->cpu == cpu_local.id);

    list_append (&s->ready[sc->prio], &sc->link);
    s->bitmap[sc->prio / 64] |= BIT64 (sc->prio % 64);

    if (!s->current || sc->prio > s->current->prio)
        cpu_local.hazard |= HAZARD_SCHED;
}

/* The idle SC of priority 0 is always ready or current, so there is one. */
static struct sc *take_best (struct scheduler *s)
{
    for (;;) {

        unsigned const w = s->bitmap[1] ? 1 : 0, b = bit_high (s->bitmap[w]);
        struct link *const q = &s->ready[w * 64 + b], *const first = q->next;

        if (LIKELY (first != q)) {
            list_unlink (first);
            return container_of (first, struct sc, link);
        }

        s->bitmap[w] &= ~BIT64 (b);
    }
}

/* The current SC stops, and keeps what is left of its budget; an empty budget is filled again. Returns whether it was empty. */
static bool stop (struct scheduler *s, struct sc *sc)
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

static void start (struct scheduler *s, struct sc *sc)
{
    s->current = sc;
    sc_start (sc, s->last);

    uint64_t const end = LIKELY (sc->prio) ? s->last + sc->left : NEVER;

    cpu_local.timeouts.slice = end;
    if (UNLIKELY (end < cpu_local.timeouts.armed))
        timeout_arm();
}

void scheduler_remove (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;

    if (s->current == sc) {
        stop (s, sc);
        cpu_local.timeouts.slice = NEVER;
        cpu_local.hazard |= HAZARD_SCHED;
    } else
        list_remove (&sc->link);
}

void scheduler_slice_end (void) { cpu_local.hazard |= HAZARD_SCHED; }

/* Preemption: to the end of the queue when the budget is used up, otherwise to the front. */
static void preempt (struct scheduler *s)
{
    struct sc *const sc = s->current;
    struct link *const q = &s->ready[sc->prio];

    (stop (s, sc) ? list_append : list_prepend) (q, &sc->link);
    s->bitmap[sc->prio / 64] |= BIT64 (sc->prio % 64);
}

/* Until its EC is woken, on its own CPU, nobody else knows the SC or the waiting list of the EC. */
void scheduler_admit (struct sc *sc)
{
    list_append (&sc->ec->waiting, &sc->link);
    ec_wake (sc->ec);
}

void scheduler_wait (struct ec *ec)
{
    struct scheduler *const s = &cpu_local.sched;
    struct sc *const sc = s->current;

    stop (s, sc);
    list_append (&ec->waiting, &sc->link);
}

struct ec *scheduler_select (void)
{
    struct scheduler *const s = &cpu_local.sched;

    if (UNLIKELY (cpu_local.hazard & HAZARD_SCHED)) {
        cpu_local.hazard &= ~HAZARD_SCHED;
        if (s->current)
            preempt (s);
    }

    for (;;) {

        if (!s->current)
            start (s, take_best (s));

        struct ec *const ec = ec_chain_end (s->current->ec);

        if (LIKELY (!ec->blocked))
            return ec;

        scheduler_wait (ec);
    }
}
