/* SPDX-License-Identifier: GPL-2.0-only */
#include <peer.h>

#include <cpu_pause.h>
#include <delay.h>
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <stc.h>

unsigned peer_cpu (struct bench_run const *run, unsigned n) { return (run->self->cpu + n) % root.hip->cpu_num; }

bool peer_start (struct bench_run *run, unsigned cpu, unsigned prio, unsigned budget, thread_fn *fn, void *arg)
{
    struct thread *const t = mem_alloc (sizeof (*t), NULL);

    if (!t)
        return bench_fail (run, "no memory");

    TRY (run, thread_create_global (t, 0, cpu, fn, arg));
    TRY (run, thread_start (t, hyp_scd (budget, prio, 0)));

    return true;
}

bool peer_sm (struct bench_run *run, uint64_t *sel)
{
    *sel = sel_alloc (0);

    TRY (run, hyp_create_sm (*sel, sel_root_pd(), 0));

    return true;
}

bool peer_wait (struct bench_run *run, _Atomic (uint64_t) *word, uint64_t old)
{
    for (uint64_t const end = stc_read() + root.hip->stc_freq; acq_load (word) == old; cpu_pause())
        if (stc_read() >= end)
            return bench_fail (run, "another EC did not answer within a second");

    return true;
}

void peer_spin (uint64_t ticks)
{
    for (uint64_t const end = stc_read() + ticks; stc_read() < end; cpu_pause()) ;
}

void peer_sleep (void *sleeper)
{
    struct sleeper *const s = sleeper;

    for (uint64_t n = rlx_load (&s->wakeups) + 1; !rlx_load (&s->stop); n++) {

        hyp_sm_down (s->sm, 0);

        if (s->delay)
            delay (s->delay);

        s->woken_at = stc_now();

        if (s->woken)
            s->woken();

        rel_store (&s->wakeups, n);
    }
}

bool peer_wake (struct bench_run *run, struct sleeper *s, bool (*wake) (struct bench_run *, struct sleeper *), int64_t *ticks)
{
    uint64_t const n = rlx_load (&s->wakeups), start = stc_now();

    if (!wake (run, s) || !peer_wait (run, &s->wakeups, n))
        return false;

    *ticks = (int64_t) (s->woken_at - start);

    return true;
}

bool peer_up (struct bench_run *run, struct sleeper *s)
{
    TRY (run, hyp_sm_up (s->sm));

    return true;
}

uint64_t peer_empty (struct hyp_regs *r, uint64_t aux)
{
    uint64_t const start = stc_now();

    (void) r;
    (void) aux;

    return stc_now() - start;
}
