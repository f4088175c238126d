/* SPDX-License-Identifier: GPL-2.0-only */
/* Recall. Event portals for it: event.c has more. */
#include <cpu_pause.h>
#include <help.h>

static unsigned volatile recalls;
static bool volatile stop;
static uint64_t volatile seen_ip;

static uint32_t recalled (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p;
    recalls = recalls + 1;
    seen_ip = mtd & MTD_IP ? utcb_ip (&u->arch) : 0;
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
    event_new (t, EVENT_HST_ARCH + EVENT_RECALL, local_new (0), recalled, NULL, MTD_IP);
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

/*
 * Across CPUs. Strong: when the hypercall returns, the EC does nothing more in user mode before its handler has replied; the
 * handler here waits until it may.
 */
static uint64_t hold, ended;
static uint64_t volatile counter[64];

static uint32_t recalled_waits (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u, (void) mtd;
    recalls = recalls + 1;
    hyp_sm_down (hold, 0);
    return 0;
}

static void count (void *arg)
{
    uint64_t volatile *const c = arg;

    while (!stop) {
        *c = *c + 1;
        cpu_pause();
    }

    hyp_sm_up (ended);
}

static void wait_for (uint64_t volatile *c, uint64_t least)
{
    for (uint64_t const end = in_ms (1000); *c < least && stc_read() < end; ) cpu_pause();

    need (*c >= least, "it runs on the other CPU");
}

static void pass_ms (uint64_t ms)
{
    for (uint64_t const end = in_ms (ms); stc_read() < end; ) cpu_pause();
}

static void strong_entered (void)
{
    enum { ROUNDS = 20 };

    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        if (c == root.hip->cpu_bsp)
            continue;

        struct thread *const t = global_on (c, 0, count, (void *) (uintptr_t) &counter[0]);
        unsigned moved = 0;

        recalls = 0;
        stop    = false;
        hold    = sm_new (0);
        ended   = sm_new (0);
        counter[0] = 0;
        event_new (t, EVENT_HST_ARCH + EVENT_RECALL, local_on (c, 0), recalled_waits, NULL, 0);
        NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));

        for (unsigned i = 0; i < ROUNDS; i++) {

            wait_for (&counter[0], counter[0] + 10);
            NEED (hyp_ctrl_ec (FLAG_RECALL_STRONG, t->ec));

            uint64_t const then = counter[0];

            pass_ms (1);
            moved += counter[0] != then;
            hyp_sm_up (hold);
        }

        wait_for (&counter[0], counter[0] + 10);
        check_eq (moved, 0, "strong recall of an EC on another CPU: when it returns, the EC does nothing more");
        check_eq (recalls, ROUNDS, "strong recall of an EC on another CPU: an event each time");
        stop = true;
        need (await (ended) == STATUS_SUCCESS, "it ends");
    }
}

/* Each CPU strongly recalls the thread of the next one, all at the same time */
static struct thread *ring[64];
static unsigned volatile ready, good[64], events[64];
enum { RING_ROUNDS = 200 };

static uint32_t ring_recalled (struct portal *p, union utcb *u, uint32_t mtd)
{
    unsigned volatile *const n = p->arg;

    (void) u, (void) mtd;
    *n = *n + 1;

    return 0;
}

static void ring_recall (void *arg)
{
    uintptr_t const c = (uintptr_t) arg;
    unsigned const next = (unsigned) (c + 1) % root.hip->cpu_num;

    __atomic_fetch_add (&ready, 1, __ATOMIC_SEQ_CST);
    while (ready < root.hip->cpu_num) cpu_pause();

    for (unsigned i = 0; i < RING_ROUNDS; i++)
        good[c] = good[c] + (hyp_ctrl_ec (FLAG_RECALL_STRONG, ring[next]->ec) == STATUS_SUCCESS);

    hyp_sm_up (ended);
}

static void strong_ring (void)
{
    unsigned const n = root.hip->cpu_num;
    unsigned all = 0, fair = 0, total = 0;

    ready = 0;
    ended = sm_new (0);

    for (unsigned c = 0; c < n; c++) {
        good[c] = events[c] = 0;
        ring[c] = global_on (c, 0, ring_recall, (void *) (uintptr_t) c);
        event_new (ring[c], EVENT_HST_ARCH + EVENT_RECALL, local_on (c, 0), ring_recalled, (void *) (uintptr_t) &events[c], 0);
    }

    for (unsigned c = 0; c < n; c++)
        NEED (thread_start (ring[c], hyp_scd (BUDGET_MS, PRIO_LOW, 0)));

    for (unsigned c = 0; c < n; c++)
        need (hyp_sm_down (ended, in_ms (5000)) == STATUS_SUCCESS,
              "CPUs that strongly recall each other's threads do not wait for ever");

    for (unsigned c = 0; c < n; c++) {
        all   += good[c] == RING_ROUNDS;
        fair  += events[c] <= RING_ROUNDS;              /* none at all if it has ended before its neighbour began   */
        total += events[c];
    }

    check_eq (all, n, "CPUs that strongly recall each other's threads, round and round: all succeed");
    check_eq (fair, n, "no thread had more events than recalls");
    check_ge (total, 1, "and some had events");
}

static void strong_idle (void)
{
    for (unsigned c = 0; c < root.hip->cpu_num; c++) {

        if (c == root.hip->cpu_bsp)
            continue;

        uint64_t sm = sm_new (0);
        struct thread *const t = global_on (c, 0, block, &sm);

        recalls = 0;
        stop    = false;
        event_new (t, EVENT_HST_ARCH + EVENT_RECALL, local_on (c, 0), recalled, NULL, MTD_IP);
        NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));
        pass_ms (1);
        check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, t->ec), STATUS_SUCCESS, "strong recall of a blocked EC on an idle CPU");
        pass_ms (1);
        check_eq (recalls, 0, "it stays blocked");
        hyp_sm_up (sm);
        for (uint64_t const end = in_ms (500); !stop && stc_read() < end; ) cpu_pause();
        check_eq (recalls, 1, "and gets the event when it is released");
    }
}

/* While that CPU is in a hypercall that takes long, and may stop half-way */
enum { LONG_ORD = 13 };

static uint64_t range;
static enum status volatile long_status;

static void long_calls (void *arg)
{
    enum status s = STATUS_SUCCESS;

    (void) arg;

    while (!stop && s == STATUS_SUCCESS) {
        s = sel_revoke (range, LONG_ORD);
        counter[0] = counter[0] + 1;
    }

    long_status = s;
    hyp_sm_up (ended);
}

static void strong_busy (void)
{
    enum { ROUNDS = 50 };
    unsigned const c = (root.hip->cpu_bsp + 1u) % root.hip->cpu_num;
    struct thread *const t = global_on (c, 0, long_calls, NULL);
    unsigned ok = 0;

    if (!range)
        range = sel_alloc (LONG_ORD);

    recalls = 0;
    stop    = false;
    ended   = sm_new (0);
    counter[0] = 0;
    event_new (t, EVENT_HST_ARCH + EVENT_RECALL, local_on (c, 0), recalled, NULL, 0);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));
    wait_for (&counter[0], 1);

    for (unsigned i = 0; i < ROUNDS; i++)
        ok += hyp_ctrl_ec (FLAG_RECALL_STRONG, t->ec) == STATUS_SUCCESS;

    wait_for (&counter[0], counter[0] + 2);
    stop = true;
    need (await (ended) == STATUS_SUCCESS, "it ends");
    check_eq (ok, ROUNDS, "strong recalls of an EC in long hypercalls on another CPU");
    check_status (long_status, STATUS_SUCCESS, "which succeed all the same");
    check_ge (recalls, 1, "it gets events");
}

#define ONLY_SMP(fn) static void fn##_smp (void) { if (root.hip->cpu_num > 1) fn(); }
ONLY_SMP (strong_entered) ONLY_SMP (strong_ring) ONLY_SMP (strong_idle) ONLY_SMP (strong_busy)

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
    { "local", local }, { "strong_entered", strong_entered_smp }, { "strong_ring", strong_ring_smp },
    { "strong_idle", strong_idle_smp }, { "strong_busy", strong_busy_smp }, { "bad_cap", bad_cap },
};

TESTS ("ctrl_ec", test);
