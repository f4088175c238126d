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

void scheduler_cpu_init (void)
{
    struct scheduler *const s = &cpu_local.sched;

    for (unsigned p = 0; p < PRIORITIES; p++)
        list_init (&s->ready[p]);
}

static void enqueue (struct scheduler *s, struct sc *sc, bool first)
{
    struct link *const q = &s->ready[sc->prio];

    assert (!sc->ready && list_empty (&sc->link));

    (first ? list_prepend : list_append) (q, &sc->link);
    s->bitmap[sc->prio / 64] |= BIT64 (sc->prio % 64);
    sc->ready = true;
}

static void dequeue (struct scheduler *s, struct sc *sc)
{
    list_remove (&sc->link);
    sc->ready = false;

    if (list_empty (&s->ready[sc->prio]))
        s->bitmap[sc->prio / 64] &= ~BIT64 (sc->prio % 64);
}

/* The idle SC of priority 0 is always ready or current. */
static struct sc *best (struct scheduler const *s)
{
    unsigned const w = s->bitmap[1] ? 1 : 0;

    return container_of (s->ready[w * 64 + bit_high (s->bitmap[w])].next, struct sc, link);
}

void scheduler_ready (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;

    assert (sc->cpu == cpu_local.id);

    enqueue (s, sc, false);

    if (!s->current || sc->prio > s->current->prio)
        cpu_local.hazard |= HAZARD_SCHED;
}

static void give_up (struct scheduler *s, uint64_t now)
{
    sc_stop (s->current, now);
    s->current = NULL;
    cpu_local.timeouts.slice = ~UINT64_C (0);
}

void scheduler_remove (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;

    if (s->current == sc) {
        give_up (s, timer_now());
        cpu_local.hazard |= HAZARD_SCHED;
    } else if (sc->ready)
        dequeue (s, sc);
    else
        list_remove (&sc->link);
}

void scheduler_slice_end (void)
{
    if (cpu_local.sched.current)
        cpu_local.hazard |= HAZARD_SCHED;
}

/* Preemption: a new budget and the end of the queue when it is used up, otherwise the rest of it and the front. */
static void preempt (struct scheduler *s)
{
    struct sc *const sc = s->current;

    give_up (s, timer_now());

    bool const refill = !sc->left;

    if (refill)
        sc->left = sc->budget;

    enqueue (s, sc, !refill);
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

    give_up (s, timer_now());

    if (!sc->left)
        sc->left = sc->budget;

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

        struct sc *sc = s->current;

        if (!sc) {
            uint64_t const now = timer_now();
            sc = best (s);
            dequeue (s, sc);
            s->current = sc;
            sc_start (sc, now);
            timeout_slice (sc->prio ? now + sc->left : ~UINT64_C (0));
        }

        struct ec *const ec = ec_chain_end (sc->ec);

        if (LIKELY (!ec->blocked))
            return ec;

        scheduler_wait (ec);
    }
}
