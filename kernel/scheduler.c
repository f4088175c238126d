/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Scheduler. Priority p has a FIFO of ready SCs and bit p of the bitmap: two words are searched, whatever is ready. An SC is
 * in exactly one place: current, a ready queue, the waiting list of a blocked EC, on its way from there to the ready queues, or
 * nowhere (its EC has not started).
 */
#include <scheduler.h>

#include <cpu.h>
#include <scheduler_hot.h>

#define RELEASES_PER_STEP   32

void scheduler_cpu_init (void)
{
    struct scheduler *const s = &cpu_local.sched;

    for (unsigned p = 0; p < PRIORITIES; p++)
        list_init (&s->ready[p]);

    list_init (&s->released);

    s->last = timer_now();
}

void scheduler_remove (struct sc *sc)
{
    struct scheduler *const s = &cpu_local.sched;

    if (s->current == sc) {
        scheduler_stop (s, sc);
        cpu_local.timeouts.slice = SLICE_NEVER;
        cpu_local.hazard |= HAZARD_SCHED;
        return;
    }

    list_remove (&sc->link);

    if (list_empty (sc->queue))                         /* it may have been the last one there                      */
        *sc->word &= ~sc->mask;
}

void scheduler_slice_end (void) { cpu_local.hazard |= HAZARD_SCHED; }

INDIRECT_NEVER void scheduler_preempt (void)
{
    struct scheduler *const s = &cpu_local.sched;
    struct sc *const sc = s->current;

    cpu_local.hazard &= ~HAZARD_SCHED;

    if (sc)
        scheduler_yield (s, sc);
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

bool scheduler_admit_pending (void)
{
    unsigned touch = INBOX_STEP;

    for (struct inbox_link *l; (l = inbox_next (&cpu_local.admit, &touch)); ) {

        struct sc *const sc = container_of (l, struct sc, admit_link);

        scheduler_ready (sc);
        kobject_unref (&sc->obj);
    }

    return !inbox_empty (&cpu_local.admit);
}

static void release_some (struct link *list)
{
    for (unsigned n = 0; n < RELEASES_PER_STEP && !list_empty (list); n++) {
        struct link *const l = list->next;
        list_unlink (l);
        scheduler_ready (container_of (l, struct sc, link));
    }
}

void scheduler_release (struct link *list)
{
    struct scheduler *const s = &cpu_local.sched;

    if (list_empty (&s->released))                      /* else those come first                                    */
        release_some (list);

    if (!list_empty (list)) {
        list_splice (&s->released, list);
        cpu_local.hazard |= HAZARD_READY;
    }
}

bool scheduler_release_pending (void)
{
    struct scheduler *const s = &cpu_local.sched;

    release_some (&s->released);

    return !list_empty (&s->released);
}
