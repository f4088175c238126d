/* SPDX-License-Identifier: GPL-2.0-only */
/* All registers that the specification does not list as changed survive hypercalls, events and preemption (8.8). */
#include <format.h>
#include <help.h>
#include <mem.h>
#include <regs.h>
#include <server.h>

#define BIT(r) (1u << (r))

enum { FLAGS_USED = 0xcd5 };                            /* OF DF SF ZF AF PF CF                                 */

static uint64_t before (unsigned i) { return UINT64_C (0xa5a5000000000000) + UINT64_C (0x0101010101) * (i + 1); }

static void patterns (struct regs *r)
{
    for (unsigned i = 0; i < GPRS; i++)
        r->gpr[i] = before (i);

    r->rflags = 0x202;
}

/* Registers that differ, without those in the mask */
static unsigned changed (struct regs const *a, struct regs const *b, unsigned except)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        if (i == RSP ? b->gpr[RSP] != b->rsp : a->gpr[i] != b->gpr[i])
            m |= BIT (i);

    return m & ~except;
}

static char text[96];

static char const *name (char const *what, char const *call)
{
    format (text, sizeof (text), "%s: %s", call, what);
    return text;
}

/* r: parameters, out: also what came back; results: registers that are outputs beside RDI */
static enum status run (struct regs *r, unsigned results, char const *call)
{
    struct regs const in = *r;

    regs_syscall (r);

    check_eq (changed (&in, r, BIT (RDI) | BIT (RCX) | BIT (R11) | results), 0, name ("all other registers survive", call));
    check_eq (r->gpr[RCX], (uintptr_t) regs_syscall_next, name ("RCX = RIP", call));
    check_eq (r->gpr[R11], 0x202, name ("R11 = 0x202", call));
    check_eq (r->gpr[RDI] & ~UINT64_C (0xf), 0, name ("status has no other bits", call));

    return (enum status) r->gpr[RDI];
}

static void run_for (enum status want, struct regs *r, unsigned results, char const *call)
{
    enum status const got = run (r, results, call);

    check_status (got, want, name ("status", call));
}

static void params (struct regs *r, unsigned call, unsigned flags, uint64_t sel)
{
    patterns (r);
    r->gpr[RDI] = hyp_id (call, flags) | sel << 8;
}

static void create (void)
{
    struct regs r;
    uint64_t const pd = sel_root_pd(), page = mem_window (2, 0);

    params (&r, HYPERCALL_create_sm, 0, sel_alloc (0));
    r.gpr[RSI] = pd;
    run_for (STATUS_SUCCESS, &r, 0, "create_sm");
    params (&r, HYPERCALL_create_sm, 0, sel_alloc (0));
    run_for (STATUS_BAD_CAP, &r, 0, "create_sm that fails");
    params (&r, HYPERCALL_create_pd, CREATE_PD, sel_alloc (0));
    r.gpr[RSI] = pd;
    run_for (STATUS_SUCCESS, &r, 0, "create_pd");

    uint64_t const ec = sel_alloc (0), global = sel_alloc (0);

    params (&r, HYPERCALL_create_ec, 0, ec);
    r.gpr[RSI] = pd;
    r.gpr[RDX] = page | root.hip->cpu_bsp;
    run_for (STATUS_SUCCESS, &r, 0, "create_ec");
    params (&r, HYPERCALL_create_pt, 0, sel_alloc (0));
    r.gpr[RSI] = pd;
    r.gpr[RDX] = ec;
    run_for (STATUS_SUCCESS, &r, 0, "create_pt");
    NEED (hyp_create_ec (FLAG_EC_GLOBAL, global, pd, (page >> 12) + 1, root.hip->cpu_bsp, 0, 0));
    params (&r, HYPERCALL_create_sc, 0, sel_alloc (0));
    r.gpr[RSI] = pd;
    r.gpr[RDX] = global;
    r.gpr[RAX] = hyp_scd (1, 1, 0);
    run_for (STATUS_SUCCESS, &r, 0, "create_sc");
}

static void ctrl (void)
{
    struct regs r;
    uint64_t const sm = sm_new (0), pt = sel_alloc (0), s = sel_alloc (0);

    NEED (hyp_create_pt (pt, sel_root_pd(), local_bare (sel_root_pd(), 0), 0));

    params (&r, HYPERCALL_ctrl_pd, 0, sel_root_obj());
    r.gpr[RSI] = sel_root_obj();
    r.gpr[RDX] = sm << 12;
    r.gpr[RAX] = s << 12 | PERM_MASK;
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_pd");
    params (&r, HYPERCALL_ctrl_ec, 0, local_bare (sel_root_pd(), 0));
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_ec");
    params (&r, HYPERCALL_ctrl_sc, 0, worker->sc);
    run_for (STATUS_SUCCESS, &r, BIT (RSI), "ctrl_sc");
    params (&r, HYPERCALL_ctrl_pt, 0, pt);
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_pt");
    params (&r, HYPERCALL_ctrl_sm, 0, sm);
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_sm up");
    params (&r, HYPERCALL_ctrl_sm, FLAG_SM_DOWN, sm);
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_sm down");
    params (&r, HYPERCALL_ctrl_sm, FLAG_SM_DOWN, sm);
    r.gpr[RSI] = in_ms (1);
    run_for (STATUS_TIMEOUT, &r, 0, "ctrl_sm down, timeout");
    params (&r, HYPERCALL_ctrl_hw, 15, 0);
    run_for (STATUS_BAD_PAR, &r, 0, "ctrl_hw");
    params (&r, HYPERCALL_assign_int, 0, sm);
    r.gpr[RSI] = root.hip->cpu_bsp;
    run_for (STATUS_BAD_CAP, &r, BIT (RSI) | BIT (RDX), "assign_int");
    params (&r, HYPERCALL_assign_dev, 0, sm);
    r.gpr[RSI] = r.gpr[RDX] = 0;
    run (&r, 0, "assign_dev");
    params (&r, HYPERCALL_reserved, 0, 0);
    run_for (STATUS_BAD_HYP, &r, 0, "hypercall 0xf");
}

static void waker (void *arg) { hyp_sm_up (*(uint64_t *) arg); }

static void blocked (void)
{
    struct regs r;
    uint64_t sm = sm_new (0);

    spawn (PRIO_LOW, waker, &sm);
    params (&r, HYPERCALL_ctrl_sm, FLAG_SM_DOWN, sm);
    r.gpr[RSI] = 0;
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_sm down that blocks");
}

/* A server that changes all registers, and its own ones over its wait */
static void ipc (void)
{
    struct regs r;
    uint64_t const pt = sel_alloc (0), pid = UINT64_C (0x7766554433221100);
    unsigned leaks = 0, kept = 0;

    NEED (hyp_create_pt (pt, sel_root_pd(), local_bare (sel_root_pd(), 0), (uintptr_t) regs_portal));
    NEED (hyp_ctrl_pt (pt, pid, 0));
    params (&r, HYPERCALL_ipc_call, 0, pt);
    r.gpr[RSI] = 0;
    run_for (STATUS_SUCCESS, &r, BIT (RSI), "ipc_call");
    check_eq (r.gpr[RSI], 0, "ipc_call: RSI is the MTD of the reply");

    for (unsigned i = 0; i < GPRS; i++)
        if (i != RDI && i != RSI && i != RCX && i != R11 && i != RSP)
            leaks += regs_seen[i] == before (i);

    check_eq (leaks, 0, "a new server sees no register of its caller");

    uint64_t const rsp = regs_seen[RSP];

    params (&r, HYPERCALL_ipc_call, 0, pt);
    r.gpr[RSI] = mtd_words (3);
    regs_syscall (&r);

    for (unsigned i = 0; i < GPRS; i++)
        kept += regs_seen[i] == regs_pattern (i);

    check_eq (kept, GPRS - 5, "ipc_reply: all other registers survive the wait");
    check_eq (regs_seen[RSP], rsp, "ipc_reply: RSP survives the wait");
    check_eq (regs_seen[RDI], pid, "ipc_reply: RDI = PID");
    check_eq (regs_seen[RSI] & 0xffffffff, mtd_words (3), "ipc_reply: RSI = MTD");
    check_eq (regs_seen[RCX], (uintptr_t) regs_portal, "ipc_reply: RCX = portal IP");
    check_eq (regs_seen[R11], 0x202, "ipc_reply: R11 = 0x202");
}

static void ipc_fails (void)
{
    struct regs r;

    params (&r, HYPERCALL_ipc_call, 0, sel_alloc (0));
    run_for (STATUS_BAD_CAP, &r, BIT (RSI), "ipc_call that fails");
}

static uint32_t skip_ud2 (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) mtd;
    for (unsigned i = 0; i < GPRS; i++)
        u->arch.gpr[i] = 0x1234;
    u->arch.rflags = 0;
    u->arch.rip = (uintptr_t) regs_ud2_next;
    return MTD_RIP;
}

static void event (void)
{
    struct regs r;

    patterns (&r);
    r.rflags |= FLAGS_USED;
    struct regs const in = r;

    event_new (worker, EXC_UD, local_new (0), skip_ud2, NULL, 0);
    regs_ud2 (&r);
    check_eq (changed (&in, &r, 0), 0, "an exception, MTD of the reply RIP only: all registers survive");
    check_eq (r.rflags & FLAGS_USED, FLAGS_USED, "status and control flags, too");
}

static void interrupter (void *arg)
{
    (void) arg;

    for (unsigned i = 0; i < 3; i++)
        sleep_ms (1);

    regs_go = 1;
}

static void preempted (void)
{
    struct regs r;

    patterns (&r);
    regs_go = 0;
    struct regs const in = r;

    spawn (PRIO_HIGH, interrupter, NULL);
    regs_spin (&r);
    check_eq (changed (&in, &r, 0), 0, "preemption: all registers survive");
}

static void flags (void)
{
    struct regs r;

    params (&r, HYPERCALL_reserved, 0, 0);
    r.rflags |= FLAGS_USED | 1u << 18;                  /* AC                                                   */
    regs_syscall (&r);
    check_eq (r.rflags, 0x202, "RFLAGS = 0x202 after a hypercall");
    check_eq (r.gpr[RCX], (uintptr_t) regs_syscall_next, "RCX = RIP, whatever the flags were");
}

static struct test const test[] = {
    { "create", create }, { "ctrl", ctrl }, { "blocked", blocked }, { "ipc", ipc }, { "ipc_fails", ipc_fails }, { "event", event },
    { "preempted", preempted }, { "flags", flags },
};

TESTS ("regs", test);
