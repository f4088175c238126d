/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions of x86, what they carry, the two halves of the registers, and flags in a reply (8.6, 8.7.4) */
#include <event.h>

static void de (void) { event_exception (victim_de, EXC_DE, (uintptr_t) victim_de_at, EVENT_TEXT ("#DE")); }
static void bp (void) { event_exception (victim_bp, EXC_BP, (uintptr_t) victim_bp_at + 1, EVENT_TEXT ("#BP")); }
static void of (void) { event_exception (victim_of, EXC_OF, (uintptr_t) victim_of_at + 2, EVENT_TEXT ("#OF")); }

enum { STATUS_CONTROL = 0xcd5, TF = 1 << 8, IF = 1 << 9, IOPL = 3 << 12, NT = 1 << 14, RF = 1 << 16, VM = 1 << 17, AC = 1 << 18 };

static struct { uint64_t rip, rflags; } first_step;

static uint32_t step_react (union utcb *u)
{
    if (event_seen.count == 1) {
        first_step.rip    = u->arch.rip;
        first_step.rflags = u->arch.rflags;
    }

    return event_seen.count < 100 ? 0 : MTD_POISON;
}

static void db (void)
{
    event_prepare (victim_db, step_react);
    event_add (EXC_DB, MTD_RIP | MTD_RFLAGS);
    event_go();
    check_ge (event_seen.count, 2, "#DB: events while TF is set");
    check_eq (first_step.rip, (uintptr_t) victim_db_at, "#DB: RIP of the first one");
    check_eq (first_step.rflags & TF, TF, "#DB: RFLAGS.TF of the first one");
    check (event_ended, "#DB: goes on until TF is clear");
}

static void gp (void)
{
    event_exception (victim_gp, EXC_GP, (uintptr_t) victim_gp_at, EVENT_TEXT ("#GP"));
    check_eq (event_seen.utcb.qual[0], 0xfff8, "#GP: error code is the selector");
    event_exception (victim_hlt, EXC_GP, (uintptr_t) victim_hlt_at, EVENT_TEXT ("#GP by HLT"));
    check_eq (event_seen.utcb.qual[0], 0, "#GP by HLT: error code 0");
    event_exception (victim_int80, EXC_GP, (uintptr_t) victim_int80_at, EVENT_TEXT ("#GP by INT 0x80"));
    check (event_seen.utcb.qual[0] == (0x80 << 3 | 2) || event_seen.utcb.qual[0] == (0x80 << 4 | 2),     /* QEMU: 16 bytes per vector */
           "#GP by INT 0x80: error code is the vector in the IDT");
    event_exception (victim_int14, EXC_GP, (uintptr_t) victim_int14_at, EVENT_TEXT ("#GP by INT 14"));
    event_exception (victim_cli, EXC_GP, (uintptr_t) victim_cli_at, EVENT_TEXT ("#GP by CLI"));
    event_exception (victim_cr, EXC_GP, (uintptr_t) victim_cr_at, EVENT_TEXT ("#GP by MOV from CR3"));
    event_exception (victim_rdmsr, EXC_GP, (uintptr_t) victim_rdmsr_at, EVENT_TEXT ("#GP by RDMSR"));
    event_exception (victim_in, EXC_GP, (uintptr_t) victim_in_at, EVENT_TEXT ("#GP by IN"));
    event_exception (victim_canon, EXC_GP, (uintptr_t) victim_canon_at, EVENT_TEXT ("#GP by a non-canonical address"));
    event_prepare (victim_ss, event_skip);
    event_add (EXC_SS, MTD_RIP);
    event_add (EXC_GP, MTD_RIP);                        /* QEMU                                                 */
    event_go();
    check (event_ended, "#SS by a non-canonical stack: goes on where the reply says");
    check_eq (event_seen.utcb.rip, (uintptr_t) victim_ss_at, "#SS by a non-canonical stack: RIP");
}

/* Page faults: error code (SDM 3A, 4.7) */
enum { PRESENT = 1, WRITE = 2, USER = 4, FETCH = 16, ALL = ~0 };

struct event_fault const event_fault[] = {
    [READ_NOTHING]  = { victim_read,  EXC_PF, USER, ALL },
    [WRITE_NOTHING] = { victim_write, EXC_PF, USER | WRITE, ALL },
    [WRITE_RO]      = { victim_write, EXC_PF, USER | WRITE | PRESENT, ALL },
    [EXEC_NX]       = { victim_jump,  EXC_PF, USER | FETCH | PRESENT, ALL },
    [EXEC_NOTHING]  = { victim_jump,  EXC_PF, USER | FETCH, ALL },
    [READ_HIGH]     = { victim_read,  EXC_PF, USER, USER | WRITE },
};

uint64_t event_high (void) { return UINT64_C (0xffffffff80000000); }

/* General-purpose registers, in halves */
static void gpr_body (void)
{
    for (unsigned i = 0; i < GPRS; i++)
        victim_regs.gpr[i] = UINT64_C (0xbadc0ffee0000000) + i;

    victim_regs.flags = FLAGS_NONE;
    regs_ud2 (&victim_regs);
}

static uint32_t set_regs (union utcb *u, uint32_t mtd)
{
    for (unsigned i = 0; i < GPRS; i++)
        if (i != RSP)
            u->arch.gpr[i] = UINT64_C (0x1122334400000000) + i;

    u->arch.rip = (uintptr_t) regs_ud2_next;

    return mtd | MTD_RIP;
}

static uint32_t set_low (union utcb *u) { return set_regs (u, MTD_GPR_0_7); }
static uint32_t set_high (union utcb *u) { return set_regs (u, MTD_GPR_8_15); }
static uint32_t set_none (union utcb *u) { return set_regs (u, 0); }

/* Registers with the values that gpr_body (base 0xbadc0ffee...) or set_regs (0x11223344...) gives them */
static unsigned equal (uint64_t const volatile *gpr, uint64_t base)
{
    unsigned m = 0;

    for (unsigned i = 0; i < GPRS; i++)
        m |= (unsigned) (gpr[i] == base + i) << i;

    return m;
}

static void gpr_half (event_react_fn *r, uint32_t mtd)
{
    event_prepare (gpr_body, r);
    event_add (EXC_UD, mtd | MTD_RIP);
    event_go();
}

static void gpr_masks (void)
{
    gpr_half (set_low, MTD_GPRS);
    check_eq (equal (victim_regs.gpr, UINT64_C (0x1122334400000000)), 0x00ef, "MTD GPR0-7 of the reply sets only those");
    gpr_half (set_high, MTD_GPRS);
    check_eq (equal (victim_regs.gpr, UINT64_C (0x1122334400000000)), 0xff00, "MTD GPR8-15 of the reply sets only those");
    gpr_half (set_none, MTD_GPR_8_15);
    check_eq (equal (event_seen.utcb.gpr, UINT64_C (0xbadc0ffee0000000)), 0xff00, "MTD GPR8-15 of the portal: the handler sees only those");
    gpr_half (set_none, MTD_GPR_0_7);
    check_eq (equal (event_seen.utcb.gpr, UINT64_C (0xbadc0ffee0000000)), 0x00ef, "MTD GPR0-7 of the portal: the handler sees only those");
}

static void nothing (void) { }

static void startup_flags (void)
{
    event_prepare (nothing, event_poison);
    event_add (EVENT_HST_ARCH + EVENT_STARTUP, MTD_RFLAGS);
    event_go();
    check_eq (event_seen.utcb.rflags & 0x3300, 0x200, "RFLAGS of the startup event: IF, no TF, IOPL 0");
}

/* RFLAGS: only status and control flags can be set */
struct event_flags const event_flags[] = {
    { FLAGS_NONE, FLAGS_NONE | STATUS_CONTROL, STATUS_CONTROL, STATUS_CONTROL, "status and control flags can be set" },
    { FLAGS_NONE | STATUS_CONTROL, FLAGS_NONE, STATUS_CONTROL, 0, "and cleared" },
    { FLAGS_NONE, 2, IF, IF, "IF cannot be cleared" },
    { FLAGS_NONE, FLAGS_NONE | IOPL, IOPL, 0, "IOPL cannot be set" },
    { FLAGS_NONE, FLAGS_NONE | NT | VM, NT | VM, 0, "NT and VM cannot be set" },
    { FLAGS_NONE, ~(uint64_t) TF, IF | IOPL | NT | VM | AC, IF, "all ones: no system flag" },
    { FLAGS_NONE, FLAGS_NONE | TF, TF, 0, "TF cannot be set" },
    { 0, 0, 0, 0, NULL },
};

unsigned const event_flags_vector[] = { EXC_DB, EVENT_UNDEFINED };

/* An EC that single-steps over SYSCALL must not stop the kernel */
static void step (void)
{
    event_prepare (victim_step, event_as_it_was);
    event_add (EXC_DB, 0);
    event_go();
    check (event_ended, "a hypercall while single-stepping returns");
}

/* Values that the CPU must not be given */
struct event_bad const event_bad_ip[] = {
    { UINT64_C (1) << 63, "RIP 2^63: not executed" }, { UINT64_C (0x0000800000000000), "RIP 2^47: not executed" },
    { UINT64_C (0xffff7fffffffffff), "RIP below the kernel's half: not executed" }, { ~UINT64_C (0), "RIP ~0: not executed" },
    { UINT64_C (0xffffffff80000000), "RIP in the kernel: not executed" },
    { UINT64_C (0xffff800000000000), "RIP at the start of the kernel's half: not executed" },
    { UINT64_C (0x00007fffffffffff), "RIP in the last byte below 2^47: not executed" },
    { UINT64_C (1) << 56, "RIP 2^56: not executed" }, { UINT64_C (0xfeffffffffffffff), "RIP below -2^56: not executed" },
    { UINT64_C (0x00ffffffffffffff), "RIP in the last byte below 2^56: not executed" },
    { 0, NULL },
};

struct event_bad const event_bad_sp[] = {
    { UINT64_C (1) << 63, "RSP 2^63: dies" }, { UINT64_C (0xffffffff80000000), "RSP in the kernel: dies" }, { 0, "RSP 0: dies" },
    { ~UINT64_C (0), "RSP ~0: dies" },
    { 0, NULL },
};

unsigned const event_bad_vector[] = { EXC_SS, EXC_PF, EXC_GP, EVENT_UNDEFINED };

static struct test const test_x86[] = {
    { "de", de }, { "bp", bp }, { "of", of }, { "db", db }, { "gp", gp }, { "gpr_masks", gpr_masks },
    { "startup_flags", startup_flags }, { "step", step },
};

TESTS ("event", test_x86);
