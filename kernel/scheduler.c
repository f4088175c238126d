/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduler. Priority p has a FIFO of ready SCs and bit p of the bitmap: two words are searched, whatever is ready. An SC is
 * in exactly one place: current, a ready queue, the waiting list of a blocked EC, or nowhere (its EC has not started).
 */
#include <scheduler.h>

#include <cpu.h>
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
    *sc->word |= sc->mask;                              /* an empty queue may have been noticed in the meantime     */
}

/* The list holds a reference, so that the SC does not retire before its CPU has seen it. */
void scheduler_admit (struct sc *sc)
{
    if (sc->cpu == cpu_local.id) {
        scheduler_ready (sc);
        return;
    }

    kobject_ref (&sc->obj);

    if (inbox_push (&cpu_remote[sc->cpu]->admit, &sc->admit_link))
        cpu_kick (sc->cpu);
}

void scheduler_admit_pending (void)
{
    for (struct inbox_link *l = inbox_take (&cpu_local.admit), *next; l; l = next) {

        struct sc *const sc = container_of (l, struct sc, admit_link);

        next = l->next;
        scheduler_ready (sc);
        kobject_unref (&sc->obj);
    }
}
