/* SPDX-License-Identifier: GPL-2.0-only */
/* Recall storms: every CPU recalls everybody, weak and strong, running, blocked, calling, dead, itself. */
#include <abuse.h>
#include <entries.h>

enum { TARGETS = 4 };                                   /* on each CPU                                          */

static struct target {
    struct thread   *thread;
    uint64_t volatile laps, recalls;
} target[CPUS][TARGETS];

static uint64_t pt[CPUS];                               /* a server on each CPU                                 */
static uint64_t never, dead;                            /* semaphore that nobody ups, an EC that does not run   */
static uint64_t volatile bad;

static uint32_t recalled (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct target *const t = p->arg;

    (void) u, (void) mtd;
    t->recalls = t->recalls + 1;

    return 0;
}

/* Four kinds of targets: one computes, one calls, one waits for short times, one waits for ever */
static void target_body (void *arg)
{
    struct target *const t = arg;
    unsigned const kind = (unsigned) (t - target[0]) % TARGETS, cpu = t->thread->cpu;

    while (!pool_stop) {

        uint32_t mtd = 0;

        if (kind == 1)
            bad = bad + (hyp_ipc_call (pt[cpu], &mtd) != STATUS_SUCCESS);
        else if (kind == 2)
            bad = bad + (hyp_sm_down (never, stc_read() + root.hip->stc_freq / 20000) != STATUS_TIMEOUT);
        else if (kind == 3)
            hyp_sm_down (never, 0);
        else
            for (unsigned volatile i = 0; i < 500; i++) ;

        t->laps = t->laps + 1;
    }

    pool_done();
}

static void storm_body (void *arg)
{
    uint64_t rng = (uintptr_t) arg | 1;

    while (!pool_stop) {

        unsigned const cpu = rng_below (&rng, root.hip->cpu_num), k = rng_below (&rng, TARGETS + 1);
        uint64_t const ec = k == TARGETS ? dead : target[cpu][k].thread->ec;

        bad = bad + (hyp_ctrl_ec (rng_below (&rng, 3) ? 0 : FLAG_RECALL_STRONG, ec) != STATUS_SUCCESS);
    }

    pool_done();
}

static uint64_t sum (bool recalls)
{
    uint64_t least = ~UINT64_C (0);

    for (unsigned c = 0; c < root.hip->cpu_num; c++)
        for (unsigned k = 0; k < TARGETS - 1; k++) {
            uint64_t const n = recalls ? target[c][k].recalls : target[c][k].laps;
            least = n < least ? n : least;
        }

    return least;
}

static bool everybody (void) { return sum (false) >= 2 && sum (true) >= 1; }

/* As long as abuse_ms() says, and on a machine that is busy with something else for longer, until everybody has had a turn */
static void wait_for (bool (*all) (void))
{
    sleep_ms (abuse_ms());

    for (unsigned i = 0; i < 200 && !all(); i++)
        sleep_ms (50);
}

static void storm (void)
{
    uint64_t rng = abuse_seed();
    unsigned const most = POOL_THREADS / (TARGETS + 2), cpus = root.hip->cpu_num < most ? root.hip->cpu_num : most;

    pool_begin();
    bad   = 0;
    never = pool_sm (0);
    dead  = pool_bare (sel_root_pd(), root.hip->cpu_num - 1u, 0);

    for (unsigned c = 0; c < cpus; c++) {

        struct thread *const handler = pool_local (c);

        pt[c] = pool_sel (0);
        NEED (hyp_create_pt (pt[c], sel_root_pd(), pool_bare (sel_root_pd(), c, 0), (uintptr_t) entry_chain));

        for (unsigned k = 0; k < TARGETS; k++) {

            struct target *const t = &target[c][k];

            t->laps = t->recalls = 0;
            t->thread = pool_global (c, target_body, t);
            NEED (sel_revoke (t->thread->evt + EVENT_HST_ARCH + EVENT_RECALL, 0));
            pool_portal (t->thread->evt + EVENT_HST_ARCH + EVENT_RECALL, handler, recalled, t, 0);
        }
    }

    for (unsigned c = 0; c < cpus; c++)
        for (unsigned k = 0; k < TARGETS; k++)
            NEED (hyp_create_sc (pool_sel (0), sel_root_pd(), target[c][k].thread->ec, hyp_scd (1, PRIO_LOW + (k > 1), 0)));

    for (unsigned c = 0; c < cpus; c++)
        pool_spawn (c, PRIO_LOW, storm_body, (void *) (uintptr_t) rng_next (&rng));

    wait_for (everybody);
    check (pool_join (cpus * TARGETS), "all that can end do");
    check_ge (sum (false), 2, "everybody who could run has gone on under the storm");
    check_ge (sum (true), 1, "and has got recalls");
    check_eq (bad, 0, "and every call had the status that it should");
    pool_end();
}

/* Each CPU recalls a thread of the next one strongly, all at a time: nobody may wait for somebody who waits for him */
static void ring_body (void *arg)
{
    unsigned const cpu = *(unsigned *) arg, next = (cpu + 1) % root.hip->cpu_num;
    uint64_t n = 0;

    while (!pool_stop) {
        bad = bad + (hyp_ctrl_ec (FLAG_RECALL_STRONG, target[next][0].thread->ec) != STATUS_SUCCESS);
        target[cpu][0].laps = ++n;
    }

    pool_done();
}

static bool whole_ring (void)
{
    for (unsigned c = 0; c < root.hip->cpu_num && c < CPUS; c++)
        if (!target[c][0].laps)
            return false;

    return true;
}

static void ring (void)
{
    static unsigned cpu[CPUS];
    unsigned const cpus = root.hip->cpu_num < CPUS ? root.hip->cpu_num : CPUS;

    pool_begin();
    bad = 0;

    for (unsigned c = 0; c < cpus; c++) {
        cpu[c] = c;
        target[c][0].laps   = 0;
        target[c][0].thread = pool_global (c, ring_body, cpu + c);
    }

    for (unsigned c = 0; c < cpus; c++)
        NEED (hyp_create_sc (pool_sel (0), sel_root_pd(), target[c][0].thread->ec, hyp_scd (1, PRIO_LOW, 0)));

    wait_for (whole_ring);
    check (pool_join (cpus), "a ring of CPUs that recall each other strongly comes to its end");
    check_eq (bad, 0, "with SUCCESS each time");
    check (whole_ring(), "and each has made some");
    pool_end();
}

static struct test const test[] = { { "storm", storm }, { "ring", ring } };

TESTS_OF_SECONDS ("recall", test, 120);
