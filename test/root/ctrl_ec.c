/* SPDX-License-Identifier: GPL-2.0-only */
/* Recall. Event portals for it: event.c has more. */
#include <help.h>

static unsigned volatile recalls;
static bool volatile stop;
static uint64_t volatile seen_ip;

static uint32_t recalled (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p;
    recalls = recalls + 1;
    seen_ip = mtd & MTD_RIP ? u->arch.rip : 0;
    return 0;
}

static void spin (void *arg) { (void) arg; while (!stop) ; }

static void block (void *arg)
{
    hyp_sm_down (*(uint64_t *) arg, 0);
    stop = true;
}

static void watch (struct thread *t)
{
    recalls = 0;
    stop    = false;
    event_new (t, EVENT_HST_ARCH + EVENT_RECALL, local_new (0), recalled, NULL, MTD_RIP);
}

static void preempted (unsigned flags, char const *status, char const *once)
{
    struct thread *const t = global_new (0, spin, NULL);

    watch (t);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));
    sleep_ms (1);
    check_status (hyp_ctrl_ec (flags, t->ec), STATUS_SUCCESS, status);
    check_eq (recalls, 0, "a preempted EC gets the event when it runs");
    sleep_ms (1);
    check_eq (recalls, 1, once);
    stop = true;
    sleep_ms (1);
}

static void weak (void) { preempted (0, "weak recall", "weak recall: one event"); }

static void strong (void) { preempted (FLAG_RECALL_STRONG, "strong recall", "strong recall: one event"); }

static void twice (void)
{
    struct thread *const t = global_new (0, spin, NULL);

    watch (t);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));
    sleep_ms (1);
    NEED (hyp_ctrl_ec (0, t->ec));
    NEED (hyp_ctrl_ec (0, t->ec));
    sleep_ms (1);
    check_eq (recalls, 1, "two recalls before the EC runs are one event");
    stop = true;
    sleep_ms (1);
}

static void blocked (void)
{
    uint64_t sm = sm_new (0);
    struct thread *const t = global_new (0, block, &sm);

    watch (t);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_HIGH, 0)));
    check_status (hyp_ctrl_ec (0, t->ec), STATUS_SUCCESS, "recall of a blocked EC");
    sleep_ms (1);
    check (!stop, "does not release it");
    hyp_sm_up (sm);
    check (stop, "when it is released it goes on");
    check_eq (recalls, 1, "after the event");
}

static void unbound (void)
{
    struct thread *const t = global_new (0, spin, NULL);

    watch (t);
    stop = true;
    check_status (hyp_ctrl_ec (0, t->ec), STATUS_SUCCESS, "recall of a global EC that never ran");
    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, t->ec), STATUS_SUCCESS, "strong recall of it");
}

static void own (void)
{
    watch (worker);
    check_status (hyp_ctrl_ec (0, worker->ec), STATUS_SUCCESS, "recall of oneself");
    check_eq (recalls, 1, "the event comes before the hypercall returns");
    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, worker->ec), STATUS_SUCCESS, "strong recall of oneself");
    check_eq (recalls, 2, "and again");
}

static void local (void)
{
    struct thread *const t = local_new (0);

    check_status (hyp_ctrl_ec (0, t->ec), STATUS_SUCCESS, "recall of a local EC that waits");
    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, t->ec), STATUS_SUCCESS, "strong recall of it");
}

static void bad_cap (void)
{
    watch (worker);
    check_status (hyp_ctrl_ec (0, sel_alloc (0)), STATUS_BAD_CAP, "null capability: BAD_CAP");
    check_status (hyp_ctrl_ec (0, wrong_cap()), STATUS_BAD_CAP, "semaphore: BAD_CAP");
    check_status (hyp_ctrl_ec (0, sel_root_sc()), STATUS_BAD_CAP, "SC: BAD_CAP");
    check_status (hyp_ctrl_ec (0, sel_root_pd()), STATUS_BAD_CAP, "PD: BAD_CAP");
    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, sel_alloc (0)), STATUS_BAD_CAP, "strong, null capability: BAD_CAP");
    check_status (hyp_ctrl_ec (0, cap_with (worker->ec, PERM_EC_ALL & ~PERM_EC_CTRL)), STATUS_BAD_CAP,
                  "EC without permission CTRL: BAD_CAP");
    check_eq (recalls, 0, "none of these recalls");
    check_status (hyp_ctrl_ec (0, beyond (worker->ec)), STATUS_BAD_CAP, "selector beyond SELNUM: BAD_CAP");
    recalls = 0;
    check_status (hyp_ctrl_ec (0, cap_with (worker->ec, PERM_EC_CTRL)), STATUS_SUCCESS, "permission CTRL is enough");
    check_eq (recalls, 1, "and recalls");
}

static struct test const test[] = {
    { "weak", weak }, { "strong", strong }, { "twice", twice }, { "blocked", blocked }, { "unbound", unbound }, { "own", own },
    { "local", local }, { "bad_cap", bad_cap },
};

TESTS ("ctrl_ec", test);
