/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

static unsigned volatile order[8], ordered;

static void note (void *arg) { order[ordered++] = (unsigned) (uintptr_t) arg; }

static void priority (void)
{
    ordered = 0;
    spawn (PRIO_LOW, note, (void *) 1);
    spawn (PRIO_LOW + 2, note, (void *) 3);
    spawn (PRIO_LOW + 1, note, (void *) 2);
    check_eq (ordered, 0, "ECs of lower priority do not run");
    spawn (PRIO_HIGH, note, (void *) 4);
    check_eq (ordered, 1, "one of higher priority runs at once");
    spawn (127, note, (void *) 5);
    check_eq (ordered, 2, "one of the highest priority, too");
    sleep_ms (1);
    check_eq (order[0] << 16 | order[1] << 12 | order[2] << 8 | order[3] << 4 | order[4], 0x45321, "then by priority");
}

static void equal (void)
{
    ordered = 0;
    spawn (PRIO_WORKER, note, (void *) 1);
    spawn (PRIO_WORKER, note, (void *) 2);
    spawn (PRIO_WORKER, note, (void *) 3);
    check_eq (ordered, 0, "an EC of the same priority does not preempt");
    sleep_ms (1);
    check_eq (order[0] << 8 | order[1] << 4 | order[2], 0x123,
              "those of one priority run in the order in which they came");
}

/* Each counts the milliseconds in which it ran; those of one priority take turns */
static bool volatile stop;
static uint64_t volatile ran[4], turns[4], last_runner;

static void spin (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    while (!stop) {
        ran[i] = ran[i] + 1;
        if (last_runner != i + 1) {
            last_runner = i + 1;
            turns[i] = turns[i] + 1;
        }
    }
}

static void robin (void)
{
    uint64_t t[2] = { 0, 0 };
    struct thread *thread[2];

    stop = false;
    last_runner = 0;
    ran[0] = ran[1] = turns[0] = turns[1] = 0;

    for (uintptr_t i = 0; i < 2; i++) {
        thread[i] = global_new (0, spin, (void *) i);
        NEED (thread_start (thread[i], hyp_scd (2, PRIO_LOW, 0)));
    }

    sleep_ms (40);
    stop = true;
    NEED (hyp_ctrl_sc (thread[0]->sc, t));
    NEED (hyp_ctrl_sc (thread[1]->sc, t + 1));
    check (ran[0] && ran[1], "two ECs of one priority, budgets of 2 ms: both run");
    check_ge (turns[0], 4, "they take turns, the first");
    check_ge (turns[1], 4, "they take turns, the second");
    check_ge (t[0] + t[1], root.hip->stc_freq / 1000 * 20, "together they have most of the time");
    check (t[0] < 3 * t[1] && t[1] < 3 * t[0], "of which each gets its share");
    sleep_ms (2);
}

static void budgets (void)
{
    uint64_t t[2] = { 0, 0 };
    struct thread *thread[2];

    stop = false;
    ran[0] = ran[1] = 0;

    for (uintptr_t i = 0; i < 2; i++) {
        thread[i] = global_new (0, spin, (void *) i);
        NEED (thread_start (thread[i], hyp_scd (i ? 25 : 5, PRIO_LOW, 0)));
    }

    sleep_ms (240);
    stop = true;
    NEED (hyp_ctrl_sc (thread[0]->sc, t));
    NEED (hyp_ctrl_sc (thread[1]->sc, t + 1));
    check (2 * t[1] > 5 * t[0] && t[1] < 10 * t[0], "budgets of 5 and 25 ms: shares of time in that proportion");
    sleep_ms (2);
}

/* A budget is a slice among equals, not a limit */
static void starve (void)
{
    stop = false;
    ran[0] = ran[1] = 0;
    spawn (PRIO_LOW, spin, (void *) 0);
    NEED (thread_start (global_new (0, spin, (void *) 1), hyp_scd (1, PRIO_LOW + 1, 0)));
    sleep_ms (10);
    check (ran[1], "an EC with a short budget and a higher priority runs");
    check_eq (ran[0], 0, "all the time");
    stop = true;
    sleep_ms (2);
}

/* Preemption by a timeout in the middle of user code */
static void preempt (void)
{
    stop = false;
    ran[0] = 0;
    spawn (PRIO_LOW, spin, (void *) 0);

    uint64_t const end = in_ms (3);

    sleep_ms (3);

    uint64_t const late = stc_read() - end;

    stop = true;
    check (ran[0], "an EC runs while one of higher priority sleeps");
    check (late < root.hip->stc_freq / 20, "and is preempted when that wakes");
    sleep_ms (2);
}

/* Donation: a server runs with the priority of its caller */
static bool volatile low_ran, served_first;

static void low (void *arg) { (void) arg; low_ran = true; }

static uint32_t serve (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u;
    spawn (PRIO_WORKER - 1, low, NULL);
    served_first = !low_ran;
    return mtd;
}

static void donate (void)
{
    struct portal *const p = portal_new (local_new (0), serve, NULL);
    uint32_t mtd = 0;

    low_ran = served_first = false;
    NEED (hyp_ipc_call (p->sel, &mtd));
    check (served_first, "a server has the priority of its caller");
    check (!low_ran, "also when it returns");
    sleep_ms (1);
    check (low_ran, "one of lower priority runs later");
}

static struct test const test[] = {
    { "priority", priority }, { "equal", equal }, { "robin", robin }, { "budgets", budgets }, { "starve", starve },
    { "preempt", preempt }, { "donate", donate },
};

TESTS ("sched", test);
