/* SPDX-License-Identifier: GPL-2.0-only */
/* Switches without a message: semaphores, time slices, timeouts, ECs that begin or die, domains that come and go. */
#include <isolation.h>

#include <string.h>

static struct iso_ec server, third, victim;
static uint64_t go, back;

/* Semaphores: each side blocks, and is woken by the other */
static void partner (void *arg)
{
    struct regs r;
    unsigned *const bad = arg;
    uint64_t const my_go = go, my_back = back;

    for (;;) {
        iso_regs_fill (&r, THEIRS);
        r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | my_go << 8;
        r.gpr[REG_P1] = 0;
        regs_syscall (&r);
        *bad += iso_regs_lost (&r, THEIRS) || iso_pieces (&r, sizeof (r), OURS);
        iso_regs_fill (&r, THEIRS);
        r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, 0) | my_back << 8;
        regs_syscall (&r);
        *bad += iso_regs_lost (&r, THEIRS) || iso_pieces (&r, sizeof (r), OURS);
    }
}

static void semaphores (void)
{
    static unsigned theirs;
    unsigned const prio[] = { PRIO_LOW, PRIO_WORKER, PRIO_HIGH };
    unsigned ours = 0;

    theirs = 0;

    for (unsigned p = 0; p < 3; p++) {

        iso_setup();
        go   = iso_shared_sm();
        back = iso_shared_sm();
        iso_ec_make (&third, &iso_twin, FLAG_EC_GLOBAL, partner, &theirs);
        iso_begin (&third, BUDGET_MS, prio[p]);

        for (unsigned i = 0; i < 20; i++) {
            struct regs r;

            iso_regs_fill (&r, OURS);
            r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, 0) | go << 8;
            regs_syscall (&r);
            ours += iso_regs_lost (&r, OURS) || iso_pieces (&r, sizeof (r), THEIRS);
            iso_regs_fill (&r, OURS);
            r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | back << 8;
            r.gpr[REG_P1] = 0;
            regs_syscall (&r);
            ours += iso_regs_lost (&r, OURS) || iso_pieces (&r, sizeof (r), THEIRS);
        }
    }

    check_eq (ours, 0, "semaphores, any order of priorities: this side has its registers and nothing of the other");
    check_eq (theirs, 0, "and so has the other side");
}

/* Timer: two ECs that never enter the kernel share a priority; a third one wakes now and then by its timeout */
static struct iso_ec spin_a, spin_b;
static struct regs spun[2];

static void spin_as (void *arg)
{
    uintptr_t const i = (uintptr_t) arg;

    iso_regs_fill (&spun[i], i ? THEIRS : OURS);
    regs_spin (&spun[i]);
    hyp_sm_up (back);
}

static void waker (void *arg)
{
    unsigned *const bad = arg;

    for (unsigned i = 0; ; i++) {
        struct regs r;

        iso_regs_fill (&r, OTHERS);
        r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | test_never << 8;
        r.gpr[REG_P1] = in_ms (1);
        regs_syscall (&r);
        *bad += iso_regs_lost (&r, OTHERS) || iso_pieces (&r, sizeof (r), OURS) || iso_pieces (&r, sizeof (r), THEIRS) ||
                r.gpr[REG_P0] != STATUS_TIMEOUT;
        *(bad + 1) = i;
    }
}

static void timer (void)
{
    static unsigned bad[2];

    iso_setup();
    back = iso_shared_sm();
    bad[0] = bad[1] = 0;
    regs_go = 0;
    iso_ec_make (&spin_a, NULL,  FLAG_EC_GLOBAL, spin_as, (void *) 0);
    iso_ec_make (&spin_b, &iso_twin, FLAG_EC_GLOBAL, spin_as, (void *) 1);
    iso_ec_make (&third, NULL,  FLAG_EC_GLOBAL, waker, bad);
    iso_begin (&spin_a, 1, PRIO_LOW);
    iso_begin (&spin_b, 1, PRIO_LOW);
    iso_begin (&third, BUDGET_MS, PRIO_LOW + 1);

    for (unsigned i = 0; i < 50 && (!i || bad[1] < 3); i++)     /* an emulator's CPU may get no time for as long     */
        sleep_ms (12);

    regs_go = 1;
    need (await (back) == STATUS_SUCCESS && await (back) == STATUS_SUCCESS, "both end");
    check_ge (bad[1], 3, "timer: one EC woke up several times");
    check_eq (bad[0], 0, "timer: with its registers and nothing of the other ones");

    for (unsigned i = 0; i < 2; i++) {
        unsigned n = 0;
        for (unsigned k = 0; k < GPRS; k++)
            n += k != REG_SP && !((unsigned) SPIN_USES >> k & 1) && spun[i].gpr[k] != FILL (i ? THEIRS : OURS);
        check_eq (n, 0, i ? "timer: and so has the other one" : "timer: a preempted EC has its registers");
    }
}

/* What a new EC finds */
static uint64_t volatile fresh_started;

void witness_started (void)
{
    fresh_started = 1;

    for (;;)
        hyp_sm_down (test_never, 0);
}

static unsigned not_zero (struct seen const *s, unsigned except)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (s->gpr[i] != 0) << i;

    return m & ~except;
}

static void fresh (void)
{
    struct seen seen;
    struct regs r;

    iso_setup();
    iso_server_make (&server, &iso_twin);
    server.fresh = true;
    iso_call (&r, worker->utcb, server.pt, 0, 1, OURS);
    iso_copy_seen (&seen);
    check_eq (not_zero (&seen, 1u << REG_P0 | 1u << REG_P1 | 1u << REG_SP | REGS_LOST), 0, "a new local EC: registers are 0");
    check_eq (seen.gpr[REG_P1], 0, "but p1, the MTD");
    check_eq (iso_differ (server.got, 1, UTCB_WORDS, 0), 0, "its UTCB is 0 but for the message");

    fresh_started = 0;
    iso_ec_make (&victim, &iso_twin, FLAG_EC_GLOBAL, NULL, NULL);
    iso_begin (&victim, BUDGET_MS, PRIO_LOW);
    iso_regs_fill (&r, OURS);
    r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | test_never << 8;
    r.gpr[REG_P1] = in_ms (2);
    regs_syscall (&r);
    iso_copy_seen (&seen);
    need (fresh_started, "a new global EC starts");
    check_eq (not_zero (&seen, 1u << REG_SP), 0, "a new global EC: registers are 0 but the stack pointer");
    check_eq (seen.gpr[REG_SP], victim.t.stack_top, "which is that of create_ec");
    check_eq (seen.flags & ~(uint64_t) FLAGS_FREE, FLAGS_NONE, "and no flag is set that it may not have");
}

/* An EC that dies, with all registers full, on the way to another one */
static void die_full (void *arg)
{
    struct regs r;

    (void) arg;
    hyp_sm_down (go, 0);
    iso_regs_fill (&r, OURS);
    regs_ud2 (&r);
}

static void killed (void)
{
    struct regs r;

    iso_setup();
    go = iso_shared_sm();
    iso_ec_make (&victim, &iso_twin, FLAG_EC_GLOBAL, die_full, NULL);
    NEED (hyp_ctrl_pd (sel_root_obj(), iso_twin.obj, victim.t.evt + EVENT_UNDEFINED, victim.t.evt + EVENT_UNDEFINED, 0, 0, 0));
    iso_begin (&victim, BUDGET_MS, PRIO_HIGH);
    iso_regs_fill (&r, THEIRS);
    r.gpr[REG_P0] = hyp_id (HYPERCALL_ctrl_sm, 0) | go << 8;
    regs_syscall (&r);
    check_eq (iso_pieces (&r, sizeof (r), OURS), 0, "after an EC was killed, the next one finds nothing of it");
    check_eq (iso_regs_lost (&r, THEIRS), 0, "and has its registers");
}

/* Memory of UTCBs, and whole domains that go and come */
static void utcbs (void)
{
    enum { ROUNDS = 60 };
    unsigned dirty = 0, ours = 0;
    struct domain d;

    iso_setup();

    for (unsigned i = 0; i < ROUNDS; i++) {

        struct regs r;

        iso_domain_make (&d);
        iso_server_make (&server, &d);
        server.words = UTCB_WORDS;
        iso_call (&r, worker->utcb, server.pt, 0, 1, OURS);
        dirty += iso_differ (server.got, 1, UTCB_WORDS, 0);
        ours  += iso_pieces (server.got, sizeof (server.got), OURS);
        NEED (sel_revoke (server.pt, 0));
        NEED (sel_revoke (server.t.ec, 0));
        NEED (sel_revoke (d.pio, 0));
        NEED (sel_revoke (d.hst, 0));
        NEED (sel_revoke (d.obj, 0));
        NEED (sel_revoke (d.pd, 0));
        iso_stack_back();

        if (i % 8 == 7)
            sleep_ms (1);
    }

    check_eq (dirty, 0, "60 domains, one after the other: each finds its UTCB empty, which the last one had filled");
    check_eq (ours, 0, "and nothing of the caller");
}

static struct test const test[] = {
    { "semaphores", semaphores }, { "timer", timer }, { "fresh", fresh }, { "killed", killed }, { "utcbs", utcbs },
};

TESTS ("isolation", test);
