/* SPDX-License-Identifier: GPL-2.0-only */
/* All registers that the specification does not list as changed survive hypercalls, events and preemption (7.8, 8.8). */
#include <witness.h>
#include <format.h>
#include <help.h>
#include <mem.h>
#include <server.h>

#define BIT(r) (1u << (r))

/* Of regs.S and witness.S */
uint32_t volatile regs_go;
struct seen volatile witness_seen;
witness_fn *volatile witness_serve;
uint64_t volatile witness_reply[GPRS];

static uint64_t before (unsigned i) { return UINT64_C (0xa5a5000000000000) + UINT64_C (0x0101010101) * (i + 1); }

static void patterns (struct regs *r)
{
    for (unsigned i = 0; i < GPRS; i++)
        r->gpr[i] = before (i);

    r->flags = FLAGS_NONE;
}

/* Registers that differ, without those in the mask */
static unsigned changed (struct regs const *a, struct regs const *b, unsigned except)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        if (i == REG_SP ? b->gpr[REG_SP] != b->sp : a->gpr[i] != b->gpr[i])
            m |= BIT (i);

    return m & ~except;
}

static char text[96];

char const *regs_name (char const *what, char const *call)
{
    format (text, sizeof (text), "%s: %s", call, what);
    return text;
}

/* r: parameters, out: also what came back; results: registers that are outputs beside p0 */
static enum status run (struct regs *r, unsigned results, char const *call)
{
    struct regs const in = *r;

    regs_syscall (r);

    check_eq (changed (&in, r, BIT (REG_P0) | REGS_LOST | results), 0, regs_name ("all other registers survive", call));
    regs_check (r, call);
    check_eq (r->gpr[REG_P0] & ~UINT64_C (0xf), 0, regs_name ("status has no other bits", call));

    return (enum status) r->gpr[REG_P0];
}

static void run_for (enum status want, struct regs *r, unsigned results, char const *call)
{
    enum status const got = run (r, results, call);

    check_status (got, want, regs_name ("status", call));
}

static void params (struct regs *r, unsigned call, unsigned flags, uint64_t sel)
{
    patterns (r);
    r->gpr[REG_P0] = hyp_id (call, flags) | sel << 8;
}

static void create (void)
{
    struct regs r;
    uint64_t const pd = sel_root_pd(), page = mem_window (2, 0);

    params (&r, HYPERCALL_create_sm, 0, sel_alloc (0));
    r.gpr[REG_P1] = pd;
    run_for (STATUS_SUCCESS, &r, 0, "create_sm");
    params (&r, HYPERCALL_create_sm, 0, sel_alloc (0));
    run_for (STATUS_BAD_CAP, &r, 0, "create_sm that fails");
    params (&r, HYPERCALL_create_pd, CREATE_PD, sel_alloc (0));
    r.gpr[REG_P1] = pd;
    run_for (STATUS_SUCCESS, &r, 0, "create_pd");

    uint64_t const ec = sel_alloc (0), global = sel_alloc (0);

    params (&r, HYPERCALL_create_ec, 0, ec);
    r.gpr[REG_P1] = pd;
    r.gpr[REG_P2] = page | root.hip->cpu_bsp;
    run_for (STATUS_SUCCESS, &r, 0, "create_ec");
    params (&r, HYPERCALL_create_pt, 0, sel_alloc (0));
    r.gpr[REG_P1] = pd;
    r.gpr[REG_P2] = ec;
    run_for (STATUS_SUCCESS, &r, 0, "create_pt");
    NEED (hyp_create_ec (FLAG_EC_GLOBAL, global, pd, (page >> 12) + 1, root.hip->cpu_bsp, 0, 0));
    params (&r, HYPERCALL_create_sc, 0, sel_alloc (0));
    r.gpr[REG_P1] = pd;
    r.gpr[REG_P2] = global;
    r.gpr[REG_P3] = hyp_scd (1, 1, 0);
    run_for (STATUS_SUCCESS, &r, 0, "create_sc");
}

static void ctrl (void)
{
    struct regs r;
    uint64_t const sm = sm_new (0), pt = sel_alloc (0), s = sel_alloc (0);

    NEED (hyp_create_pt (pt, sel_root_pd(), local_bare (sel_root_pd(), 0), 0));

    params (&r, HYPERCALL_ctrl_pd, 0, sel_root_obj());
    r.gpr[REG_P1] = sel_root_obj();
    r.gpr[REG_P2] = sm << 12;
    r.gpr[REG_P3] = s << 12 | PERM_MASK;
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_pd");
    params (&r, HYPERCALL_ctrl_ec, 0, local_bare (sel_root_pd(), 0));
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_ec");
    params (&r, HYPERCALL_ctrl_sc, 0, worker->sc);
    run_for (STATUS_SUCCESS, &r, BIT (REG_P1), "ctrl_sc");
    params (&r, HYPERCALL_ctrl_pt, 0, pt);
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_pt");
    params (&r, HYPERCALL_ctrl_sm, 0, sm);
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_sm up");
    params (&r, HYPERCALL_ctrl_sm, FLAG_SM_DOWN, sm);
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_sm down");
    params (&r, HYPERCALL_ctrl_sm, FLAG_SM_DOWN, sm);
    r.gpr[REG_P1] = in_ms (1);
    run_for (STATUS_TIMEOUT, &r, 0, "ctrl_sm down, timeout");
    params (&r, HYPERCALL_ctrl_hw, 15, 0);
    run_for (STATUS_BAD_PAR, &r, 0, "ctrl_hw");
    params (&r, HYPERCALL_assign_int, 0, sm);
    r.gpr[REG_P1] = root.hip->cpu_bsp;
    run_for (STATUS_BAD_CAP, &r, BIT (REG_P1) | BIT (REG_P2), "assign_int");
    params (&r, HYPERCALL_assign_dev, 0, sm);
    r.gpr[REG_P1] = r.gpr[REG_P2] = 0;
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
    r.gpr[REG_P1] = 0;
    run_for (STATUS_SUCCESS, &r, 0, "ctrl_sm down that blocks");
}

/* A server that changes all registers, and its own ones over its wait */
static uint64_t pattern (unsigned i) { return UINT64_C (0x5e5e5e5e00000000) + i; }

static uint32_t no_words (uintptr_t pid, uint32_t mtd)
{
    (void) pid, (void) mtd;

    return 0;
}

static void ipc (void)
{
    static uint64_t stack[256] __attribute__ ((aligned (16)));
    struct regs r;
    uint64_t const ec = sel_alloc (0), pt = sel_alloc (0), pid = UINT64_C (0x7766554433221100);
    unsigned leaks = 0, kept = 0;

    witness_serve = no_words;

    for (unsigned i = 0; i < GPRS; i++)
        witness_reply[i] = pattern (i);

    NEED (hyp_create_ec (0, ec, sel_root_pd(), mem_window (1, 0) >> 12, root.hip->cpu_bsp, (uintptr_t) (stack + 256), 0));
    NEED (hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) witness_portal));
    NEED (hyp_ctrl_pt (pt, pid, 0));
    params (&r, HYPERCALL_ipc_call, 0, pt);
    r.gpr[REG_P1] = 0;
    run_for (STATUS_SUCCESS, &r, BIT (REG_P1), "ipc_call");
    check_eq (r.gpr[REG_P1], 0, "ipc_call: p1 is the MTD of the reply");

    for (unsigned i = 0; i < GPRS; i++)
        if (i != REG_P0 && i != REG_P1 && i != REG_SP && !(REGS_LOST & BIT (i)))
            leaks += witness_seen.gpr[i] == before (i);

    check_eq (leaks, 0, "a new server sees no register of its caller");

    uint64_t const sp = witness_seen.gpr[REG_SP];

    params (&r, HYPERCALL_ipc_call, 0, pt);
    r.gpr[REG_P1] = mtd_words (3);
    regs_syscall (&r);

    for (unsigned i = 0; i < GPRS; i++)
        kept += witness_seen.gpr[i] == pattern (i);

    check_eq (kept, GPRS - 3 - (unsigned) __builtin_popcount (REGS_LOST), "ipc_reply: all other registers survive the wait");
    check_eq (witness_seen.gpr[REG_SP], sp, "ipc_reply: the stack pointer survives the wait");
    check_eq (witness_seen.gpr[REG_P0], pid, "ipc_reply: p0 = PID");
    check_eq (witness_seen.gpr[REG_P1] & 0xffffffff, mtd_words (3), "ipc_reply: p1 = MTD");
    regs_check_portal();
}

static void ipc_fails (void)
{
    struct regs r;

    params (&r, HYPERCALL_ipc_call, 0, sel_alloc (0));
    run_for (STATUS_BAD_CAP, &r, BIT (REG_P1), "ipc_call that fails");
}

static uint32_t skip_ud2 (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) mtd;
    for (unsigned i = 0; i < GPRS; i++)
        *utcb_reg (&u->arch, i) = 0x1234;
    utcb_set_ip (&u->arch, (uintptr_t) regs_ud2_next);
    return MTD_IP;
}

static void event (void)
{
    struct regs r;

    patterns (&r);
    r.flags |= FLAGS_STATUS;
    struct regs const in = r;

    event_new (worker, EVENT_UNDEFINED, local_new (0), skip_ud2, NULL, MTD_IP);
    regs_ud2 (&r);
    check_eq (changed (&in, &r, 0), 0, "an exception, MTD of the reply IP only: all registers survive");
    check_eq (r.flags & FLAGS_STATUS, FLAGS_STATUS, "status and control flags, too");
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
    check_eq (changed (&in, &r, SPIN_USES), 0, "preemption: all registers survive");
}

static void flags (void)
{
    struct regs r;

    params (&r, HYPERCALL_reserved, 0, 0);
    regs_check_flags (&r);
}

static struct test const test[] = {
    { "create", create }, { "ctrl", ctrl }, { "blocked", blocked }, { "ipc", ipc }, { "ipc_fails", ipc_fails }, { "event", event },
    { "preempted", preempted }, { "flags", flags },
};

TESTS ("regs", test);
