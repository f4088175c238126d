/* SPDX-License-Identifier: GPL-2.0-only */
/* Tick storm: thousands of short timeouts on all CPUs, met by ups from the others at the same moments. */
#include <abuse.h>

enum { SLEEPERS = 6, SEMAPHORES = 8 };                  /* sleepers on each CPU; all share the semaphores       */

static uint64_t sm[SEMAPHORES];
static uint64_t volatile early, wrong;
static uint64_t ups, downs, timeouts;                   /* atomic                                               */

static void add (uint64_t *p, uint64_t n) { __atomic_fetch_add (p, n, __ATOMIC_RELAXED); }

static void sleeper (void *arg)
{
    uint64_t rng = (uintptr_t) arg | 1, got = 0, late = 0;
    uint64_t const us = root.hip->stc_freq / 1000000;

    while (!pool_stop) {

        uint64_t const s = sm[rng_below (&rng, SEMAPHORES)], kind = rng_below (&rng, 8);
        uint64_t const end = kind ? stc_read() + rng_below (&rng, 60) * us : 1;    /* some are over already     */
        enum status const st = hyp_ctrl_sm (FLAG_SM_DOWN, s, end);

        if (st == STATUS_TIMEOUT) {
            late++;
            if (stc_read() < end)
                early = early + 1;
        } else if (st == STATUS_SUCCESS)
            got++;
        else
            wrong = wrong + 1;
    }

    add (&downs, got);
    add (&timeouts, late);
    pool_done();
}

static void waker (void *arg)
{
    uint64_t rng = (uintptr_t) arg | 1, n = 0;

    while (!pool_stop) {

        if (hyp_sm_up (sm[rng_below (&rng, SEMAPHORES)]) == STATUS_SUCCESS)
            n++;
        else
            wrong = wrong + 1;

        for (unsigned volatile i = rng_below (&rng, 2000); i; i--) ;
    }

    add (&ups, n);
    pool_done();
}

static void storm (void)
{
    uint64_t rng = abuse_seed(), rest = 0;
    unsigned const most = POOL_THREADS / (SLEEPERS + 1), cpus = root.hip->cpu_num < most ? root.hip->cpu_num : most;

    pool_begin();
    early = wrong = ups = downs = timeouts = 0;

    for (unsigned i = 0; i < SEMAPHORES; i++)
        sm[i] = pool_sm (0);

    for (unsigned c = 0; c < cpus; c++) {

        for (unsigned k = 0; k < SLEEPERS; k++)
            pool_spawn (c, PRIO_LOW + 1 + k % 3, sleeper, (void *) (uintptr_t) rng_next (&rng));

        pool_spawn (c, PRIO_LOW, waker, (void *) (uintptr_t) rng_next (&rng));
    }

    sleep_ms (abuse_ms());
    check (pool_join (cpus * (SLEEPERS + 1)), "everybody comes to the end");
    check_eq (wrong, 0, "every down ended with SUCCESS or TIMEOUT, every up with SUCCESS");
    check_eq (early, 0, "no timeout came early");
    check_ge (timeouts, 10, "some came");

    for (unsigned i = 0; i < SEMAPHORES; i++)
        while (hyp_sm_down (sm[i], 1) == STATUS_SUCCESS)
            rest++;

    check_eq (downs + rest, ups, "each up was one down, or is still there: none lost, none doubled");
    pool_end();
}

/* As many timeouts as fit, all due at one moment; with the semaphore or the EC gone before they are */
static void herd (void)
{
    enum { HERD = 40 };
    uint64_t rng = abuse_seed();
    static struct thread *t[HERD];

    for (unsigned round = 0; round < 3; round++) {

        pool_begin();
        wrong = early = 0;

        for (unsigned i = 0; i < SEMAPHORES; i++)
            sm[i] = pool_sm (0);

        for (unsigned i = 0; i < HERD; i++)
            t[i] = pool_spawn (i % root.hip->cpu_num, PRIO_LOW, sleeper, (void *) (uintptr_t) rng_next (&rng));

        for (unsigned i = 0; i < HERD / 2; i++) {
            sleep_ms (rng_below (&rng, 2));
            if (round == 0)
                sel_revoke (sm[rng_below (&rng, SEMAPHORES)], 0);
            else if (round == 1)
                sel_revoke (t[rng_below (&rng, HERD)]->ec, 0);
            else
                sel_revoke (t[rng_below (&rng, HERD)]->sc, 0);
        }

        check (true, round == 0 ? "semaphores go while 40 ECs wait for them with timeouts" :
                     round == 1 ? "ECs lose their capabilities while they wait" : "SCs go while their ECs wait");
        pool_end();
    }
}

static struct test const test[] = { { "storm", storm }, { "herd", herd } };

TESTS_OF_SECONDS ("tick", test, 120);
