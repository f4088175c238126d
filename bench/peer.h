/* SPDX-License-Identifier: GPL-2.0-only */
/* Other ECs that take part in a benchmark, on the worker's CPU or on others, and how the worker waits for them. */
#pragma once

#include <base/atomic.h>
#include <bench.h>

/* The n-th CPU after the worker's; 0: that one */
unsigned peer_cpu (struct bench_run const *, unsigned n);

/* Starts fn (arg) in a new global EC of the root PD; budget in ms. Called by the worker, as is peer_sm (). */
bool peer_start (struct bench_run *, unsigned cpu, unsigned prio, unsigned budget, thread_fn *fn, void *arg);

/* A new semaphore, counter 0 */
bool peer_sm (struct bench_run *, uint64_t *sel);

/* Spins until another EC has changed *word, or fails after a second. What was written before the change can be read then. */
bool peer_wait (struct bench_run *, _Atomic (uint64_t) *word, uint64_t old);

void peer_spin (uint64_t ticks);

/* An EC that waits for a semaphore, again and again, and notes when it was woken */
struct sleeper {
    uint64_t            sm;
    uint64_t            delay;                          /* of the benchmark, before the reading                 */
    void             (* woken) (void);                  /* what it does then, after the reading; optional       */
    uint64_t            woken_at;                       /* ordered by wakeups                                   */
    _Atomic (uint64_t)  wakeups;
    _Atomic (bool)      stop;                           /* the next wake-up is the last one                     */
};

void peer_sleep (void *sleeper);                        /* its function                                         */

/* wake () wakes the sleeper, which is waiting. *ticks: from before wake () to the sleeper's reading */
bool peer_wake (struct bench_run *, struct sleeper *, bool (*wake) (struct bench_run *, struct sleeper *), int64_t *ticks);

bool peer_up (struct bench_run *, struct sleeper *);    /* such a function: ctrl_sm up                          */

/* bench_timed: what two readings of the counter take, the overhead of intervals whose ends are read by stc_now () in two ECs */
uint64_t peer_empty (struct hyp_regs *, uint64_t aux);
