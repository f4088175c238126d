/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduler. Priority p has a FIFO of ready SCs and bit p of the bitmap: two words are searched, whatever is ready. An SC is
 * in exactly one place: current, a ready queue, the waiting list of a blocked EC, or nowhere (its EC has not started).
 */
#include <scheduler.h>

#include <scheduler_hot.h>

void scheduler_cpu_init (void)
{
    struct scheduler *const s = &cpu_local.sched;

    for (unsigned p = 0; p < PRIORITIES; p++)
        list_init (&s->ready[p]);

    s->last = timer_now();
}

void scheduler_remove (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;

    if (s->current == sc) {
        scheduler_stop (s, sc);
        cpu_local.timeouts.slice = SLICE_NEVER;
        cpu_local.hazard |= HAZARD_SCHED;
    } else
        list_remove (&sc->link);
}

void scheduler_slice_end (void) { cpu_local.hazard |= HAZARD_SCHED; }

/* To the end of the queue when the budget is used up, otherwise to the front. */
void scheduler_preempt (void)
{
    struct scheduler *const s = &cpu_local.sched;
    struct sc *const sc = s->current;

    cpu_local.hazard &= ~HAZARD_SCHED;

    if (!sc)
        return;

    (scheduler_stop (s, sc) ? list_append : list_prepend) (sc->queue, &sc->link);
    *sc->word |= sc->mask;
}

/* Until its EC is woken, on its own CPU, nobody else knows the SC or the waiting list of the EC. */
void scheduler_admit (struct sc *sc)
{
    list_append (&sc->ec->waiting, &sc->link);
    ec_wake (sc->ec);
}
