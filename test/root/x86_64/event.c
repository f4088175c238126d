/* SPDX-License-Identifier: GPL-2.0-only */
/* Events of host ECs: which ones, what they carry, what a reply may change (4.4.2, 8.6, 8.7.4) */
#include <help.h>
#include <mem.h>
#include <panic.h>
#include <string.h>
#include <victim.h>

typedef uint32_t react_fn (union utcb *);

static struct {
    unsigned    count, vector;
    uint32_t    mtd;
    struct utcb_arch utcb;
} volatile seen;

static react_fn *react;
static struct thread *victim;
static void (*body) (void);
static bool volatile ended;

static uint32_t catch (struct portal *p, union utcb *u, uint32_t mtd)
{
    seen.count++;
    seen.vector = (unsigned) (p->sel - victim->evt);
    seen.mtd    = mtd;
    memcpy ((void *) (uintptr_t) &seen.utcb, &u->arch, sizeof (u->arch));

    return react (u);
}

static void outer (void *arg)
{
    (void) arg;
    body();
    ended = true;
}

static struct thread *handler;

/* A victim that runs fn; portals: event_add () */
static void prepare (void (*fn) (void), react_fn *r)
{
    body    = fn;
    react   = r;
    ended   = false;
    handler = local_new (0);
    victim  = global_new (0, outer, NULL);
    memset ((void *) (uintptr_t) &seen, 0, sizeof (seen));
}

static void event_add (unsigned vector, uint32_t mtd) { event_new (victim, vector, handler, catch, NULL, mtd); }

/* It has a higher priority: when this returns, it has ended, died or blocked */
static void go (void) { NEED (thread_start (victim, hyp_scd (BUDGET_MS, PRIO_HIGH, 0))); }

static uint32_t skip_to_next (union utcb *u) { u->arch.rip = (uintptr_t) victim_next; return MTD_RIP; }
static uint32_t poison (union utcb *u) { (void) u; return MTD_POISON; }
static uint32_t as_it_was (union utcb *u) { (void) u; return 0; }

static void exception (void (*fn) (void), unsigned vector, uint64_t ip, char const *const text[4])
{
    prepare (fn, skip_to_next);
    event_add (vector, MTD_RIP | MTD_QUAL | MTD_RFLAGS | MTD_GPR_0_7);
    go();
    check_eq (seen.count, 1, text[0]);
    check_eq (seen.utcb.rip, ip, text[1]);
    check (ended, text[2]);
    check_eq (seen.mtd, MTD_RIP | MTD_QUAL | MTD_RFLAGS | MTD_GPR_0_7, text[3]);
}

#define EXCEPTION(name) \
    (char const *const[]) { name ": event", name ": RIP", name ": goes on where the reply says", name ": MTD of the portal" }

static void ud (void) { exception (victim_ud, EXC_UD, (uintptr_t) victim_ud_at, EXCEPTION ("#UD")); }
static void de (void) { exception (victim_de, EXC_DE, (uintptr_t) victim_de_at, EXCEPTION ("#DE")); }
static void bp (void) { exception (victim_bp, EXC_BP, (uintptr_t) victim_bp_at + 1, EXCEPTION ("#BP")); }
static void of (void) { exception (victim_of, EXC_OF, (uintptr_t) victim_of_at + 2, EXCEPTION ("#OF")); }

enum { STATUS_CONTROL = 0xcd5, TF = 1 << 8, IF = 1 << 9, IOPL = 3 << 12, NT = 1 << 14, RF = 1 << 16, VM = 1 << 17, AC = 1 << 18 };

static struct { uint64_t rip, rflags; } first_step;

static uint32_t step_react (union utcb *u)
{
    if (seen.count == 1) {
        first_step.rip    = u->arch.rip;
        first_step.rflags = u->arch.rflags;
    }

    return seen.count < 100 ? 0 : MTD_POISON;
}

static void db (void)
{
    prepare (victim_db, step_react);
    event_add (EXC_DB, MTD_RIP | MTD_RFLAGS);
    go();
    check_ge (seen.count, 2, "#DB: events while TF is set");
    check_eq (first_step.rip, (uintptr_t) victim_db_at, "#DB: RIP of the first one");
    check_eq (first_step.rflags & TF, TF, "#DB: RFLAGS.TF of the first one");
    check (ended, "#DB: goes on until TF is clear");
}

static void gp (void)
{
    exception (victim_gp, EXC_GP, (uintptr_t) victim_gp_at, EXCEPTION ("#GP"));
    check_eq (seen.utcb.qual[0], 0xfff8, "#GP: error code is the selector");
    exception (victim_hlt, EXC_GP, (uintptr_t) victim_hlt_at, EXCEPTION ("#GP by HLT"));
    check_eq (seen.utcb.qual[0], 0, "#GP by HLT: error code 0");
    exception (victim_int80, EXC_GP, (uintptr_t) victim_int80_at, EXCEPTION ("#GP by INT 0x80"));
    check (seen.utcb.qual[0] == (0x80 << 3 | 2) || seen.utcb.qual[0] == (0x80 << 4 | 2),     /* QEMU: 16 bytes per vector */
           "#GP by INT 0x80: error code is the vector in the IDT");
    exception (victim_int14, EXC_GP, (uintptr_t) victim_int14_at, EXCEPTION ("#GP by INT 14"));
    exception (victim_cli, EXC_GP, (uintptr_t) victim_cli_at, EXCEPTION ("#GP by CLI"));
    exception (victim_cr, EXC_GP, (uintptr_t) victim_cr_at, EXCEPTION ("#GP by MOV from CR3"));
    exception (victim_rdmsr, EXC_GP, (uintptr_t) victim_rdmsr_at, EXCEPTION ("#GP by RDMSR"));
    exception (victim_in, EXC_GP, (uintptr_t) victim_in_at, EXCEPTION ("#GP by IN"));
    exception (victim_canon, EXC_GP, (uintptr_t) victim_canon_at, EXCEPTION ("#GP by a non-canonical address"));
    prepare (victim_ss, skip_to_next);
    event_add (EXC_SS, MTD_RIP);
    event_add (EXC_GP, MTD_RIP);                        /* QEMU                                                 */
    go();
    check (ended, "#SS by a non-canonical stack: goes on where the reply says");
    check_eq (seen.utcb.rip, (uintptr_t) victim_ss_at, "#SS by a non-canonical stack: RIP");
}

/* Page faults */
static void fault (void (*fn) (void), uint64_t address, uint64_t error, char const *const text[3])
{
    prepare (fn, skip_to_next);
    event_add (EXC_PF, MTD_RIP | MTD_QUAL);
    go();
    check_eq (seen.utcb.qual[1], address, text[0]);
    check_eq (seen.utcb.qual[0], error, text[1]);
    check (ended, text[2]);
}

#define FAULT(name) (char const *const[]) { name ": address", name ": error code", name ": goes on where the reply says" }

static void pf (void)
{
    uint64_t const none = mem_window (1, 0), ro = (uintptr_t) root.hip, high = UINT64_C (0xffffffff80000000);

    victim_addr = none + 0x123;
    fault (victim_read, none + 0x123, 0x4, FAULT ("#PF, read, nothing mapped"));
    victim_addr = none + 0xfff;
    fault (victim_write, none + 0xfff, 0x6, FAULT ("#PF, write, nothing mapped"));
    victim_addr = ro;
    fault (victim_write, ro, 0x7, FAULT ("#PF, write, read-only"));
    victim_addr = ro;
    fault (victim_jump, ro, 0x15, FAULT ("#PF, execute, not executable"));
    check_eq (seen.utcb.rip, ro, "#PF, execute: RIP is the address");
    victim_addr = none;
    fault (victim_jump, none, 0x14, FAULT ("#PF, execute, nothing mapped"));
    victim_addr = high;
    prepare (victim_read, skip_to_next);
    event_add (EXC_PF, MTD_RIP | MTD_QUAL);
    go();
    check_eq (seen.utcb.qual[1], high, "#PF, read of kernel memory: address");
    check_eq (seen.utcb.qual[0] & 0x6, 0x4, "#PF, read of kernel memory: user, read");
}

/* The page arrives while the handler runs */
static uint64_t frame;

static uint32_t map_it (union utcb *u)
{
    hyp_ctrl_pd (SEL_ROOT_HST, SEL_ROOT_HST, frame >> 12, u->arch.qual[1] >> 12, 0, PERM_MEM_R | PERM_MEM_W, 0);
    return 0;
}

static void pager (void)
{
    void *const page = mem_alloc (4096, NULL);

    need (page, "memory");
    frame = (uintptr_t) page;
    victim_addr = mem_window (1, 0) + 0x10;
    prepare (victim_write, map_it);
    event_add (EXC_PF, MTD_QUAL);
    go();
    check (ended, "a handler that maps the page: the instruction is repeated");
    check_eq (seen.count, 1, "after one event");
    check_eq (*(uint64_t *) (frame + 0x10), UINT64_C (0x600dcafe), "and writes to the page");
}

static void nm (void)
{
    exception (victim_nm, EXC_NM, (uintptr_t) victim_nm_at, EXCEPTION ("#NM, EC without FPU"));
}

/* Startup */
static void outer_for_ever (void *arg)
{
    outer (arg);

    for (uint64_t const sm = victim->evt + 63; ; hyp_sm_down (sm, 0))
        hyp_create_sm (sm, sel_root_pd(), 0);
}

static uint32_t startup_reply (union utcb *u) { return thread_continue (u, outer_for_ever, NULL, victim->stack_top); }

static void ended_body (void) { }

static void startup (void)
{
    unsigned high = 0;

    prepare (ended_body, startup_reply);
    event_add (EVENT_HST_ARCH + EVENT_STARTUP, MTD_GPR_0_7 | MTD_GPR_8_15 | MTD_RIP | MTD_RFLAGS);
    check_eq (seen.count, 0, "no startup event before there is an SC");
    go();
    check_eq (seen.count, 1, "one startup event when there is one");
    check_eq (seen.vector, EVENT_HST_ARCH + EVENT_STARTUP, "at SELHST/ARCH + 0");
    check_eq (seen.utcb.gpr[4], victim->stack_top, "RSP is the stack pointer of create_ec");

    for (unsigned i = 0; i < 16; i++)
        high += seen.utcb.gpr[i] >= UINT64_C (0xffff800000000000);

    check_eq (high, 0, "no register holds an address of the kernel");
    check_eq (seen.utcb.rflags & 0x3300, 0x200, "RFLAGS: IF, no TF, IOPL 0");
    check (ended, "the EC starts where the reply says");
}

/* General-purpose registers, both ways */
static void gpr_body (void)
{
    for (unsigned i = 0; i < GPRS; i++)
        victim_regs.gpr[i] = UINT64_C (0xbadc0ffee0000000) + i;

    victim_regs.rflags = 0x202;
    regs_ud2 (&victim_regs);
}

static uint32_t gpr_mtd;

static uint32_t gpr_react (union utcb *u)
{
    for (unsigned i = 0; i < GPRS; i++)
        if (i != RSP)
            u->arch.gpr[i] = UINT64_C (0x1122334400000000) + i;

    u->arch.rip = (uintptr_t) regs_ud2_next;

    return gpr_mtd;
}

static unsigned as_before (struct utcb_arch const volatile *u)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (u->gpr[i] == UINT64_C (0xbadc0ffee0000000) + i) << i;

    return m;
}

static unsigned as_set (void)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (victim_regs.gpr[i] == UINT64_C (0x1122334400000000) + i) << i;

    return m;
}

static void gpr (void)
{
    gpr_mtd = MTD_GPR_0_7 | MTD_GPR_8_15 | MTD_RIP;
    prepare (gpr_body, gpr_react);
    event_add (EXC_UD, MTD_GPR_0_7 | MTD_GPR_8_15 | MTD_RIP);
    go();
    check_eq (as_before (&seen.utcb), 0xffef, "the handler sees all registers");
    check_eq (seen.utcb.gpr[RSP], victim_regs.rsp, "and RSP");
    check_eq (as_set(), 0xffef, "the reply sets all registers");

    gpr_mtd = MTD_RIP;
    prepare (gpr_body, gpr_react);
    event_add (EXC_UD, MTD_GPR_8_15);
    go();
    check_eq (as_before (&seen.utcb), 0xff00, "MTD GPR8-15 of the portal: the handler sees only those");
    check_eq (as_set(), 0, "MTD RIP of the reply: it sets none");
}

static uint32_t gpr_low (union utcb *u) { gpr_react (u); return MTD_GPR_0_7 | MTD_RIP; }
static uint32_t gpr_high (union utcb *u) { gpr_react (u); return MTD_GPR_8_15 | MTD_RIP; }

static void gpr_masks (void)
{
    prepare (gpr_body, gpr_low);
    event_add (EXC_UD, MTD_GPR_0_7 | MTD_GPR_8_15 | MTD_RIP);
    go();
    check_eq (as_set(), 0x00ef, "MTD GPR0-7 of the reply sets only those");
    prepare (gpr_body, gpr_high);
    event_add (EXC_UD, MTD_GPR_0_7 | MTD_GPR_8_15 | MTD_RIP);
    go();
    check_eq (as_set(), 0xff00, "MTD GPR8-15 of the reply sets only those");
}

/* What the portal's MTD does not name must not be in the UTCB */
static uint32_t dirty (union utcb *u)
{
    memset (u, 0x5a, sizeof (*u));
    u->arch.rip = seen.count == 1 ? (uintptr_t) victim_ud_at : (uintptr_t) victim_next;
    return MTD_RIP;
}

static void masked (void)
{
    unsigned good = 0;
    uint8_t const volatile *const b = (uint8_t const volatile *) &seen.utcb;

    prepare (victim_ud, dirty);
    event_add (EXC_UD, MTD_RIP);
    go();
    check_eq (seen.count, 2, "two events");

    for (size_t i = 0; i < sizeof (seen.utcb); i++)
        good += b[i] == 0x5a || (i >= 0x88 && i < 0xa0);

    check_eq (good, sizeof (seen.utcb), "MTD RIP: nothing but RIP is written to the UTCB");
    check_eq (seen.utcb.rip, (uintptr_t) victim_ud_at, "RIP is");
}

/* RFLAGS: only status and control flags can be set */
static uint64_t reply_flags;

static uint32_t set_flags (union utcb *u)
{
    u->arch.rflags = reply_flags;
    u->arch.rip    = (uintptr_t) regs_ud2_next;
    return MTD_RIP | MTD_RFLAGS;
}

static void flags_with (uint64_t f)
{
    reply_flags = f;
    prepare (gpr_body, set_flags);
    event_add (EXC_UD, MTD_RFLAGS | MTD_RIP);
    go();
}

static void rflags (void)
{
    flags_with (STATUS_CONTROL | IF | 2);
    check_eq (seen.utcb.rflags & 0xffd5, 0x202 & 0xffd5, "the handler sees RFLAGS");
    check_eq (victim_regs.rflags & STATUS_CONTROL, STATUS_CONTROL, "status and control flags can be set");
    flags_with (IF | 2);
    check_eq (victim_regs.rflags & STATUS_CONTROL, 0, "and cleared");
    flags_with (2);
    check_eq (victim_regs.rflags & IF, IF, "IF cannot be cleared");
    flags_with (IF | IOPL | 2);
    check_eq (victim_regs.rflags & IOPL, 0, "IOPL cannot be set");
    flags_with (IF | NT | VM | 2);
    check (ended, "NT and VM: the EC goes on");
    check_eq (victim_regs.rflags & VM, 0, "VM cannot be set");
    check_eq (victim_regs.rflags & NT, 0, "NT cannot be set");
    flags_with (~UINT64_C (0) & ~(uint64_t) TF);
    check_eq (victim_regs.rflags & (IF | IOPL | NT | VM | AC), IF, "all ones: no system flag");
}

static uint32_t set_flags_once (union utcb *u) { return seen.count == 1 ? set_flags (u) : MTD_POISON; }

static void rflags_tf (void)
{
    victim_regs.rflags = 0;
    reply_flags = TF | IF | 2;
    prepare (gpr_body, set_flags_once);
    event_add (EXC_UD, MTD_RFLAGS | MTD_RIP);
    event_new (victim, EXC_DB, handler, catch, NULL, 0);
    go();
    check_eq (seen.count, 1, "TF cannot be set");
}

/* Deaths */
static void dead (char const *text)
{
    go();
    check (!ended, text);
}

static void kills (void)
{
    prepare (victim_ud, poison);
    event_add (EXC_UD, MTD_RIP);
    dead ("POISON kills");
    check_eq (seen.count, 1, "after one event");

    prepare (victim_ud, as_it_was);
    NEED (sel_revoke (victim->evt + EXC_UD, 0));
    dead ("no portal: killed");

    prepare (victim_ud, skip_to_next);
    event_add (EXC_UD, 0);
    NEED (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), victim->evt + EXC_UD, victim->evt + EXC_UD, 0, PERM_PT_CALL | PERM_PT_CTRL, 0));
    dead ("portal without permission EVENT: killed");
    check_eq (seen.count, 0, "portal without permission EVENT: not called");

    prepare (victim_ud, as_it_was);
    NEED (sel_revoke (victim->evt + EXC_UD, 0));
    NEED (hyp_create_sm (victim->evt + EXC_UD, sel_root_pd(), 0));
    dead ("semaphore in place of a portal: killed");

    prepare (victim_ud, skip_to_next);
    event_add (EXC_UD, 0);
    NEED (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), victim->evt + EXC_UD, victim->evt + EXC_UD, 0, PERM_PT_EVENT, 0));
    go();
    check (ended, "permission EVENT is enough");
}

static void no_startup (void)
{
    prepare (ended_body, as_it_was);
    NEED (sel_revoke (victim->evt + EVENT_HST_ARCH, 0));
    dead ("no startup portal: killed");
    check_status (hyp_ctrl_ec (0, victim->ec), STATUS_SUCCESS, "recall of a dead EC");
    check_status (hyp_ctrl_ec (FLAG_RECALL_STRONG, victim->ec), STATUS_SUCCESS, "strong recall of a dead EC");
}

static void handler_dies (void)
{
    struct thread *const h = local_new (0);

    prepare (victim_ud, as_it_was);
    handler = h;
    NEED (sel_revoke (h->evt + EXC_UD, 0));
    NEED (sel_revoke (victim->evt + EXC_UD, 0));
    NEED (hyp_create_pt (victim->evt + EXC_UD, sel_root_pd(), h->ec, (uintptr_t) victim_ud_at));
    dead ("the handler dies: killed");
    check (true, "the kernel goes on");
}

/* Values that the CPU must not be given */
static uint64_t reply_ip;
static uint32_t set_ip (union utcb *u)
{
    if (seen.count > 1)
        return MTD_POISON;

    u->arch.rip = reply_ip;

    return MTD_RIP;
}

static void reply_rip (void)
{
    static uint64_t const ip[] = { UINT64_C (1) << 63, UINT64_C (0x0000800000000000), UINT64_C (0xffff7fffffffffff), ~UINT64_C (0),
                                   UINT64_C (0xffffffff80000000), UINT64_C (0xffff800000000000), UINT64_C (0x00007fffffffffff),
                                   UINT64_C (1) << 56, UINT64_C (0xfeffffffffffffff), UINT64_C (0x00ffffffffffffff) };
    static char const *const text[] = { "RIP 2^63: not executed", "RIP 2^47: not executed", "RIP below the kernel's half: not executed",
        "RIP ~0: not executed", "RIP in the kernel: not executed", "RIP at the start of the kernel's half: not executed",
        "RIP in the last byte below 2^47: not executed", "RIP 2^56: not executed", "RIP below -2^56: not executed",
        "RIP in the last byte below 2^56: not executed" };

    for (size_t i = 0; i < sizeof (ip) / sizeof (ip[0]); i++) {
        reply_ip = ip[i];
        prepare (victim_ud, set_ip);
        event_add (EXC_UD, MTD_RIP);
        event_add (EXC_GP, MTD_RIP);
        event_add (EXC_PF, MTD_RIP);
        dead (text[i]);
    }
}

static uint64_t reply_sp;
static uint32_t set_sp (union utcb *u)
{
    if (seen.count > 1)
        return MTD_POISON;

    u->arch.gpr[RSP] = reply_sp;
    u->arch.rip = (uintptr_t) victim_push;

    return MTD_RIP | MTD_GPR_0_7;
}

static void reply_rsp (void)
{
    static uint64_t const sp[] = { UINT64_C (1) << 63, UINT64_C (0xffffffff80000000), 0, ~UINT64_C (0) };
    static char const *const text[] = { "RSP 2^63: dies", "RSP in the kernel: dies", "RSP 0: dies", "RSP ~0: dies" };

    for (size_t i = 0; i < sizeof (sp) / sizeof (sp[0]); i++) {
        reply_sp = sp[i];
        prepare (victim_ud, set_sp);
        event_add (EXC_UD, MTD_RIP | MTD_GPR_0_7);
        event_add (EXC_SS, 0);
        event_add (EXC_PF, 0);
        event_add (EXC_GP, 0);
        dead (text[i]);
    }
}

/* Portals with such instruction pointers */
static void portal_ip (void)
{
    static uint64_t const ip[] = { UINT64_C (1) << 63, UINT64_C (0x0000800000000000), UINT64_C (0xffffffff80000000), ~UINT64_C (0) };
    static char const *const text[] = { "portal IP 2^63: ABORTED", "portal IP 2^47: ABORTED", "portal IP in the kernel: ABORTED",
                                        "portal IP ~0: ABORTED" };

    for (size_t i = 0; i < sizeof (ip) / sizeof (ip[0]); i++) {

        uint64_t const pt = sel_alloc (0);
        uint32_t mtd = 0;

        if (hyp_create_pt (pt, sel_root_pd(), local_bare (sel_root_pd(), sel_alloc (6)), ip[i]) == STATUS_SUCCESS)
            check_status (hyp_ipc_call (pt, &mtd), STATUS_ABORTED, text[i]);
        else
            check (true, text[i]);
    }
}

/* An exception inside a portal goes to the portals of the server */
static uint32_t raise (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u;
    victim_ud();
    return mtd;
}

static void nested (void)
{
    struct thread *const s = local_new (0), *const keep = local_new (0);
    struct portal *const p = portal_new (s, raise, NULL);
    uint32_t mtd = mtd_words (1);

    prepare (victim_ud, skip_to_next);
    victim = s;
    event_new (s, EXC_UD, keep, catch, NULL, MTD_RIP);
    worker->utcb->word[0] = 7;
    check_status (hyp_ipc_call (p->sel, &mtd), STATUS_SUCCESS,
                  "an exception in a server, handled: the call is successful");
    check_eq (seen.count, 1, "the server's handler got it");
}

/* An EC that single-steps over SYSCALL must not stop the kernel */
static void step (void)
{
    prepare (victim_step, as_it_was);
    event_add (EXC_DB, 0);
    go();
    check (ended, "a hypercall while single-stepping returns");
}

static struct test const test[] = {
    { "ud", ud }, { "de", de }, { "bp", bp }, { "of", of }, { "db", db }, { "gp", gp }, { "pf", pf }, { "pager", pager }, { "nm", nm },
    { "startup", startup }, { "gpr", gpr }, { "gpr_masks", gpr_masks }, { "masked", masked }, { "rflags", rflags },
    { "rflags_tf", rflags_tf }, { "kills", kills }, { "no_startup", no_startup }, { "handler_dies", handler_dies },
    { "reply_rip", reply_rip }, { "reply_rsp", reply_rsp }, { "portal_ip", portal_ip }, { "nested", nested }, { "step", step },
};

TESTS ("event", test);
