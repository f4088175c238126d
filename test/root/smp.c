/* SPDX-License-Identifier: GPL-2.0-only */
/* Across CPUs; nothing to check on a machine with one */
#include <cpu_pause.h>
#include <fault.h>
#include <help.h>
#include <mem.h>
#include <probe.h>
#include <server.h>

static unsigned other (void) { return root.hip->cpu_bsp ? 0 : 1; }

static uint64_t go, done;
static enum status volatile got;
static bool volatile flag, stop;
static unsigned volatile recalls;

static void start (void)
{
    go   = sm_new (0);
    done = sm_new (0);
    got  = STATUS_BAD_HYP;
    flag = stop = false;
    recalls = 0;
}

static void up (void *arg)
{
    (void) arg;
    got = hyp_sm_down (go, 0);
    hyp_sm_up (done);
}

static void wake (void)
{
    start();
    spawn_on (other(), PRIO_LOW, up, NULL);
    sleep_ms (2);
    check_status (hyp_sm_up (go), STATUS_SUCCESS, "up with a waiting EC on another CPU");
    check_status (await (done), STATUS_SUCCESS, "wakes it, and its up wakes this one");
    check_status (got, STATUS_SUCCESS, "its down was successful");
}

enum { ROUNDS = 200 };

static void pong (void *arg)
{
    (void) arg;

    for (unsigned i = 0; i < ROUNDS; i++) {
        hyp_sm_down (go, 0);
        hyp_sm_up (done);
    }

    flag = true;
}

static void pingpong (void)
{
    unsigned ok = 0;

    start();
    spawn_on (other(), PRIO_LOW, pong, NULL);

    for (unsigned i = 0; i < ROUNDS; i++) {
        hyp_sm_up (go);
        ok += await (done) == STATUS_SUCCESS;
    }

    check_eq (ok, ROUNDS, "ping-pong between two CPUs");
}

static void parallel_body (void *arg)
{
    (void) arg;
    for (flag = true; !stop; ) cpu_pause();
    hyp_sm_up (done);
}

static void parallel (void)
{
    start();
    spawn_on (other(), PRIO_LOW, parallel_body, NULL);

    for (uint64_t const end = in_ms (1000); !flag && stc_read() < end; ) cpu_pause();

    check (flag, "an EC on another CPU runs while this one does");
    stop = true;
    check_status (await (done), STATUS_SUCCESS, "and sees its stores");
}

static uint32_t nothing (struct portal *p, union utcb *u, uint32_t mtd) { (void) p, (void) u; return mtd; }

static struct portal *portal;

static void call (void *arg)
{
    uint32_t mtd = 0;

    (void) arg;
    got = hyp_ipc_call (portal->sel, &mtd);
    hyp_sm_up (done);
}

static void bad_cpu (void)
{
    struct portal *const there = portal_new (local_on (other(), 0), nothing, NULL);
    uint32_t mtd = 0, addr;
    uint16_t data;
    uint64_t const irq = sel_alloc (0);

    start();
    portal = portal_new (local_new (0), nothing, NULL);
    check_status (hyp_ipc_call (there->sel, &mtd), STATUS_BAD_CPU, "call of a server on another CPU: BAD_CPU");
    check_status (hyp_ipc_call_flags (FLAG_CALL_TIMEOUT, there->sel, &mtd), STATUS_BAD_CPU, "with flag T: BAD_CPU");
    spawn_on (other(), PRIO_LOW, call, NULL);
    check_status (await (done), STATUS_SUCCESS, "the other way round");
    check_status (got, STATUS_BAD_CPU, "BAD_CPU");
    portal = there;
    spawn_on (other(), PRIO_LOW, call, NULL);
    check_status (await (done), STATUS_SUCCESS, "call on that CPU");
    check_status (got, STATUS_SUCCESS, "SUCCESS");

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + 20, irq, 0, PERM_MASK, 0));
    NEED (hyp_assign_int (FLAG_INT_MASK, irq, other(), 0, &addr, &data));
    check_status (hyp_sm_down (irq, in_ms (1)), STATUS_BAD_CPU, "down on an interrupt of another CPU: BAD_CPU");
    NEED (hyp_assign_int (FLAG_INT_MASK, irq, root.hip->cpu_bsp, 0, &addr, &data));
    check_status (hyp_sm_down (irq, in_ms (1)), STATUS_TIMEOUT, "after it was routed here: TIMEOUT");
}

/* An event portal must be on the EC's CPU */
static void raise (void *arg)
{
    (void) arg;
    insn_undefined();
    flag = true;
}

static void event (void)
{
    start();
    struct thread *const t = global_on (other(), 0, raise, NULL);
    event_new (t, EVENT_UNDEFINED, local_new (0), nothing, NULL, 0);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));
    sleep_ms (5);
    check (!flag, "event portal on another CPU: killed");
}

/* TLB shootdown */
static uint64_t volatile page, faults_at;
static uint64_t volatile reads;

static uint32_t fault (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct fault f;

    (void) p, (void) mtd;

    fault_read (u, &f);
    faults_at = f.address;

    return MTD_POISON;
}

static void reader (void *arg)
{
    (void) arg;

    for (;;) {
        reads = reads + *(uint64_t volatile *) page;
        flag = true;
        cpu_pause();
    }
}

static void writer (void *arg)
{
    (void) arg;

    for (;;) {
        *(uint64_t volatile *) page = 1;
        flag = true;
        cpu_pause();
    }
}

static void shoot (thread_fn *fn, unsigned left, char const *text)
{
    uint64_t const va = mem_window (1, 0);
    void *const m = mem_alloc (4096, NULL);

    start();
    need (m, "memory");
    page = va;
    faults_at = 0;
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, (uintptr_t) m >> 12, va >> 12, 0, PERM_MEM_R | PERM_MEM_W, 0));

    struct thread *const t = global_on (other(), 0, fn, NULL);

    event_new (t, EVENT_NO_PAGE, local_on (other(), 0), fault, NULL, fault_mtd);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));

    for (uint64_t const end = in_ms (1000); !flag && stc_read() < end; ) cpu_pause();

    need (flag, "it runs on the other CPU");
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, va >> 12, va >> 12, 0, left, 0));
    flag = false;

    for (uint64_t const end = in_ms (50); !faults_at && stc_read() < end; ) cpu_pause();

    check_eq (faults_at, va, text);
}

static void shootdown (void)
{
    shoot (reader, 0, "a page unmapped here is gone on the other CPU");
    shoot (writer, PERM_MEM_R, "a page made read-only here is so on the other CPU");
}

/* Recall of an EC that runs there */
static uint32_t recalled (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u, (void) mtd;
    recalls = recalls + 1;
    return 0;
}

static void recall (void)
{
    start();

    struct thread *const t = global_on (other(), 0, parallel_body, NULL);

    event_new (t, EVENT_HST_ARCH + EVENT_RECALL, local_on (other(), 0), recalled, NULL, 0);
    NEED (thread_start (t, hyp_scd (BUDGET_MS, PRIO_LOW, 0)));

    for (uint64_t const end = in_ms (1000); !flag && stc_read() < end; ) cpu_pause();

    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, t->ec), STATUS_SUCCESS,
                  "strong recall of an EC that runs on another CPU");

    for (uint64_t const end = in_ms (100); recalls < 1 && stc_read() < end; ) cpu_pause();

    check_eq (recalls, 1, "it gets the event");
    check_status (hyp_ctrl_ec (0, t->ec), STATUS_SUCCESS, "weak recall of it");

    for (uint64_t const end = in_ms (100); recalls < 2 && stc_read() < end; ) cpu_pause();

    check_eq (recalls, 2, "it gets the event soon");
    stop = true;
    check_status (await (done), STATUS_SUCCESS, "and goes on");
}

/* The time stamps of two CPUs */
static uint64_t volatile there;

static void stamp (void *arg)
{
    (void) arg;
    hyp_sm_down (go, 0);
    there = stc_read();
    hyp_sm_up (done);
}

static void stc (void)
{
    start();
    spawn_on (other(), PRIO_LOW, stamp, NULL);

    uint64_t const before = stc_read();

    hyp_sm_up (go);
    need (await (done) == STATUS_SUCCESS, "the other CPU answers");

    uint64_t const after = stc_read();

    check (before <= there && there <= after, "the STC of another CPU lies between two of this one");
}

/* Timeouts on all CPUs at a time */
static uint64_t volatile woken;

static void sleeper (void *arg)
{
    uint64_t const end = in_ms (3);

    if (hyp_sm_down (*(uint64_t *) arg, end) == STATUS_TIMEOUT && stc_read() >= end)
        __atomic_fetch_add (&woken, 1, __ATOMIC_RELAXED);

    hyp_sm_up (done);
}

static void timeouts (void)
{
    uint64_t never = sm_new (0);
    unsigned const n = root.hip->cpu_num;

    start();
    woken = 0;

    for (unsigned i = 0; i < n; i++)
        spawn_on (i, PRIO_LOW, sleeper, &never);

    for (unsigned i = 0; i < n; i++)
        need (await (done) == STATUS_SUCCESS, "all CPUs answer");

    check_eq (woken, n, "a timeout on each CPU");
}

/* What another CPU reads is replaced: a block by a block, by a table, a page by a page. It never sees that nothing is there. */
static uint64_t volatile *read_at;
static unsigned volatile looks, strange;

static void looker (void *arg)
{
    (void) arg;

    for (flag = true; !stop; looks++)
        strange += *read_at - 1 > 1;

    hyp_sm_up (done);
}

static void replaced (void)
{
    enum { LARGE = 1 << 21, TIMES = 10000 };

    uint64_t phys;
    uint64_t *const memory = mem_alloc (3 * LARGE, &phys);
    uintptr_t const va = mem_window (512, 9);
    unsigned refused = 0, i = 0;

    need (memory && va, "memory");

    uint64_t const off = -phys & (LARGE - 1);
    uint64_t const source[] = { (phys + off) >> 12, (phys + off + LARGE) >> 12 };

    memory[off / sizeof (*memory)] = 1;
    memory[(off + LARGE) / sizeof (*memory)] = 2;
    need (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, source[0], va >> 12, 9, PERM_MEM_R, MAD_RAM) == STATUS_SUCCESS, "maps 2 MiB");

    start();
    read_at = (uint64_t *) va;
    looks = strange = 0;
    spawn_on (other(), PRIO_LOW, looker, NULL);

    for (uint64_t const end = in_ms (1000); !flag && stc_read() < end; ) cpu_pause();

    for (uint64_t const end = in_ms (10); i < TIMES && stc_read() < end; i++)
        for (unsigned k = 0; k < 4; k++)                /* blocks, pages: each time the other memory                */
            refused += hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, source[k & 1], va >> 12, k < 2 ? 9 : 0, PERM_MEM_R,
                                    MAD_RAM) != STATUS_SUCCESS;

    stop = true;
    check_status (await (done), STATUS_SUCCESS, "an EC on another CPU reads what is replaced, and has no event");
    check_eq (refused, 0, "blocks and pages replace each other");
    check_eq (strange, 0, "it reads the old page or the new one");
    check (looks > 0, "it reads");
}

#define ONLY_SMP(fn) static void fn##_smp (void) { if (root.hip->cpu_num > 1) fn(); }
ONLY_SMP (wake) ONLY_SMP (pingpong) ONLY_SMP (parallel) ONLY_SMP (bad_cpu) ONLY_SMP (event) ONLY_SMP (shootdown) ONLY_SMP (recall)
ONLY_SMP (stc) ONLY_SMP (timeouts) ONLY_SMP (replaced)

static struct test const test[] = {
    { "wake", wake_smp }, { "pingpong", pingpong_smp }, { "parallel", parallel_smp }, { "bad_cpu", bad_cpu_smp }, { "event", event_smp },
    { "shootdown", shootdown_smp }, { "recall", recall_smp }, { "stc", stc_smp }, { "timeouts", timeouts_smp },
    { "replaced", replaced_smp },
};

TESTS ("smp", test);
