/* SPDX-License-Identifier: GPL-2.0-only */
/* What the specification leaves open, but the kernel must survive: cycles, objects that go while they are used, large ranges */
#include <child.h>
#include <mem.h>
#include <probe.h>
#include <string.h>

static bool volatile ended;

/* Threads of higher priority run, whatever happens below */
static void alive (char const *text)
{
    uint64_t const t0 = stc_read();

    sleep_ms (5);
    check (stc_read() - t0 < root.hip->stc_freq, text);
}

static void call (void *arg)
{
    uint32_t mtd = 0;

    hyp_ipc_call (((struct portal *) arg)->sel, &mtd);
    ended = true;
}

/* A caller that may never come out of the kernel again; its priority is below that of all tests to come */
static void loop (struct portal *p, char const *text)
{
    struct thread const *const t = spawn (1, call, p);

    alive (text);
    NEED (sel_revoke (t->sc, 0));
}

/* A server that calls itself and waits */
static uint32_t itself (struct portal *p, union utcb *u, uint32_t mtd)
{
    uint32_t m = 0;

    (void) u;
    hyp_ipc_call (p->sel, &m);

    return mtd;
}

static void self_call (void)
{
    loop (portal_new (local_new (0), itself, NULL), "a server that calls itself: others run");
}

static uint32_t onwards (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct portal *const *const to = p->arg;
    uint32_t m = 0;

    (void) u;
    hyp_ipc_call ((*to)->sel, &m);

    return mtd;
}

static void cycle (void)
{
    static struct portal *a, *b;

    a = portal_new (local_new (0), onwards, &b);
    b = portal_new (local_new (0), onwards, &a);
    loop (a, "two servers that call each other: others run");
    loop (b, "and one more caller: others run");
}

static uint32_t raise (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u;
    insn_undefined();
    return mtd;
}

/* Its event portal leads to the server that raised the exception */
static void self_event (void)
{
    struct thread *const s = local_new (0);

    event_new (s, EVENT_UNDEFINED, s, raise, NULL, 0);
    loop (portal_new (s, raise, NULL), "a server that handles its own exceptions: others run");
}

/* A global EC that replies to nobody */
static void replies (void *arg)
{
    (void) arg;
    hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ipc_reply, 0), .p1 = mtd_words (1) });
    ended = true;
}

static void global_reply (void)
{
    ended = false;
    spawn (PRIO_HIGH, replies, NULL);
    alive ("a global EC that calls ipc_reply: others run");
}

static uint64_t sm, other;
static enum status volatile got;

static void down (void *arg)
{
    got   = hyp_sm_down (sm, *(uint64_t *) arg ? in_ms (*(uint64_t *) arg) : 0);
    ended = true;
}

static void semaphore_gone (void)
{
    uint64_t ms = 3, never = 0;

    sm    = sm_new (0);
    ended = false;
    got   = STATUS_BAD_HYP;
    spawn (PRIO_HIGH, down, &ms);
    NEED (sel_revoke (sm, 0));
    sleep_ms (6);
    check (ended, "a timeout comes though nobody has the semaphore any more");
    check (got == STATUS_TIMEOUT || got == STATUS_ABORTED, "with TIMEOUT, or ABORTED as the semaphore is gone");

    sm    = sm_new (0);
    ended = false;
    spawn (PRIO_HIGH, down, &never);
    NEED (sel_revoke (sm, 0));
    alive ("an EC that waits for ever: others run");
}

static bool volatile stop;
static uint64_t volatile spins;

static void spin (void *arg) { (void) arg; while (!stop) spins = spins + 1; }

static void running_gone (void)
{
    stop  = false;
    spins = 0;

    struct thread *const t = spawn (PRIO_LOW, spin, NULL);

    sleep_ms (2);
    NEED (sel_revoke (t->sc, 0));
    NEED (sel_revoke (t->ec, 0));
    alive ("an EC that runs loses SC and EC capability: others run");
    stop = true;
    sleep_ms (2);
    check (spins, "it did run");
}

/* A domain goes while its server works */
static void domain_gone (void)
{
    struct child c;

    child_new (&c);
    check_status (child_call (&c, hyp_id (HYPERCALL_reserved, 0), 0, 0), STATUS_BAD_HYP, "a server in another domain");
    NEED (sel_revoke (c.domain.hst, 0));
    NEED (sel_revoke (c.domain.obj, 0));
    NEED (sel_revoke (c.domain.pio, 0));
    NEED (sel_revoke (c.domain.pd, 0));
    sleep_ms (2);
    check_status (child_call (&c, hyp_id (HYPERCALL_reserved, 0), 0, 0), STATUS_BAD_HYP,
                  "works on, when nobody has its spaces and PD any more");
    NEED (sel_revoke (c.pt, 0));
    alive ("and goes: others run");
}

/* Two ECs at one address: the second one's UTCB stays when the first one goes */
static void utcb_twice (void)
{
    uint64_t const va = mem_window (1, 0), a = sel_alloc (0), b = sel_alloc (0);
    uint64_t v = 1;

    NEED (hyp_create_ec (0, a, sel_root_pd(), va >> 12, root.hip->cpu_bsp, 0, 0));
    enum status const s = hyp_create_ec (0, b, sel_root_pd(), va >> 12, root.hip->cpu_bsp, 0, 0);
    check (s == STATUS_SUCCESS || s == STATUS_BAD_PAR || s == STATUS_ABORTED,
           "a second UTCB at one address: SUCCESS or a failure");
    check (probe_write (va, 5), "there is one there");
    NEED (sel_revoke (s == STATUS_SUCCESS ? a : b, 0));
    sleep_ms (5);
    check (probe_read (va, &v) && v == 5, "it stays when the other EC goes");
}

/* A memory page takes the place of a UTCB: it stays when the EC goes */
static void utcb_replaced (void)
{
    uint64_t const va = mem_window (1, 0), ec = sel_alloc (0);
    uint64_t *const m = mem_alloc (4096, NULL);
    uint64_t v = 0;

    need (m, "memory");
    *m = 0x99;
    NEED (hyp_create_ec (0, ec, sel_root_pd(), va >> 12, root.hip->cpu_bsp, 0, 0));
    NEED (hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, (uintptr_t) m >> 12, va >> 12, 0, PERM_MEM_R, 0));
    check (probe_read (va, &v) && v == 0x99, "a page in place of a UTCB");
    NEED (sel_revoke (ec, 0));
    sleep_ms (5);
    check (probe_read (va, &v) && v == 0x99, "stays when the EC goes");
}

/* Ranges as large as the encoding allows */
static void large_ranges (void)
{
    struct domain d;
    uint64_t t0 = stc_read();

    domain_new (&d);
    check_status (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, 0, 0, order_max(), 0, 0), STATUS_SUCCESS,
                  "2^31 pages of an empty space, or all, revoked");
    check (stc_read() - t0 < 5 * root.hip->stc_freq, "within five seconds");
    t0 = stc_read();
    check_status (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, 0, 0, 20, PERM_MEM_R, 0), STATUS_SUCCESS,
                  "4 GiB of this space into another");
    check (stc_read() - t0 < 5 * root.hip->stc_freq, "within five seconds, too");
    t0 = stc_read();
    check_status (hyp_ctrl_pd (sel_root_obj(), d.obj, 0, 0, 17, 0, 0), STATUS_SUCCESS, "2^17 object selectors revoked");
    check (stc_read() - t0 < 5 * root.hip->stc_freq, "within five seconds as well");
}

/* A long revocation does not keep one of higher priority waiting */
static uint64_t volatile worst;

static void ticker (void *arg)
{
    (void) arg;
    worst = 0;

    for (unsigned i = 0; i < 20; i++) {
        uint64_t const due = in_ms (1);
        sleep_ms (1);
        uint64_t const late = stc_read() - due;
        if (late > worst)
            worst = late;
    }

    ended = true;
}

static void latency (void)
{
    struct domain d;

    domain_new (&d);
    ended = false;
    spawn (PRIO_HIGH, ticker, NULL);

    for (uint64_t const end = in_ms (500); !ended && stc_read() < end; )
        hyp_ctrl_pd (sel_root_obj(), d.obj, 0, 0, 16, 0, 0);

    check (ended, "an EC of higher priority that ticks while this one revokes 2^16 selectors at a time");
    check (worst < root.hip->stc_freq / 1000 * 20, "is never late by 20 ms");
}

/* Timeouts at the ends of the scale */
static void far (void)
{
    sm    = sm_new (0);
    other = sm_new (0);
    got   = STATUS_BAD_HYP;
    ended = false;

    uint64_t ms = UINT64_MAX / root.hip->stc_freq;      /* some hundred years                                   */

    spawn (PRIO_HIGH, down, &ms);
    check_status (hyp_sm_down (other, in_ms (2)), STATUS_TIMEOUT, "a near timeout behind a far one");
    check (!ended, "the far one does not come");
    hyp_sm_up (sm);
    check_status (got, STATUS_SUCCESS, "but the up does");
}

static struct test const test[] = {
    { "self_call", self_call }, { "cycle", cycle }, { "self_event", self_event }, { "global_reply", global_reply },
    { "semaphore_gone", semaphore_gone }, { "running_gone", running_gone }, { "domain_gone", domain_gone },
    { "utcb_twice", utcb_twice }, { "utcb_replaced", utcb_replaced }, { "large_ranges", large_ranges }, { "latency", latency },
    { "far", far },
};

TESTS ("survive", test);
