/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions of aarch64, what they carry, and PSTATE in a reply (7.6, 7.7.4) */
#include <event.h>
#include <hva.h>

/* ESR_EL2 (Arm ARM, D19.2.37): EC, in bits 31...26, is the number of the event */
static uint64_t iss (void) { return event_seen.utcb.esr_el2 & 0x1ffffff; }

#define EXCEPTION(name, vector, behind, text) \
    event_exception (victim_##name, vector, (uintptr_t) victim_##name##_at + behind, EVENT_TEXT (text))

static void instructions (void)
{
    EXCEPTION (brk, EXC_BRK, 0, "BRK");
    check_eq (iss(), 0x123, "BRK: its immediate");
    check_eq (event_seen.utcb.esr_el2 >> 26 & 0x3f, EXC_BRK, "BRK: class in ESR_EL2");
    EXCEPTION (hvc, EXC_UNKNOWN, 0, "HVC");
    EXCEPTION (smc, EXC_UNKNOWN, 0, "SMC");
    EXCEPTION (eret, EXC_UNKNOWN, 0, "ERET");
    EXCEPTION (tlbi, EXC_UNKNOWN, 0, "TLBI");
    EXCEPTION (el1, EXC_UNKNOWN, 0, "MRS from SCTLR_EL1");
    EXCEPTION (el2, EXC_UNKNOWN, 0, "MRS from HCR_EL2");
    EXCEPTION (daif, EXC_SYSREG, 0, "MSR DAIFSET");     /* SCTLR_EL1.UMA decides                                */
    EXCEPTION (svc2, EXC_SVC, 4, "SVC #2");             /* 7.8, 7.9: #0 is a hypercall, #1 a secure monitor call */
    check_eq (iss(), 2, "SVC #2: its immediate");
}

static void pc_align (void)
{
    event_exception (victim_pc, EXC_PC_ALIGN, (uintptr_t) victim_next + 2, EVENT_TEXT ("PC not aligned"));
    check_eq (event_seen.utcb.far_el2, (uintptr_t) victim_next + 2, "PC not aligned: address");
}

/* Fault status: translation fault 0b0001LL, permission fault 0b0011LL; WnR is bit 6 */
enum { TRANSLATION = 0x04, PERMISSION = 0x0c, WRITE = 1 << 6, STATUS = 0x3c };

struct event_fault const event_fault[] = {
    [READ_NOTHING]  = { victim_read,  EXC_DABT, TRANSLATION, STATUS | WRITE },
    [WRITE_NOTHING] = { victim_write, EXC_DABT, TRANSLATION | WRITE, STATUS | WRITE },
    [WRITE_RO]      = { victim_write, EXC_DABT, PERMISSION | WRITE, STATUS | WRITE },
    [EXEC_NX]       = { victim_jump,  EXC_IABT, PERMISSION, STATUS },
    [EXEC_NOTHING]  = { victim_jump,  EXC_IABT, TRANSLATION, STATUS },
    [READ_HIGH]     = { victim_read,  EXC_DABT, 0, WRITE },
};

uint64_t event_high (void) { return hva_end(); }

/* PSTATE: only the condition flags are writable */
enum { M_EL2H = 9, M_AARCH32 = 1 << 4, DAIF = 0xf << 6, IL = 1 << 20, SS = 1 << 21 };

struct event_flags const event_flags[] = {
    { 0x50000000, 0xa0000000, FLAGS_STATUS, 0xa0000000, "condition flags can be set and cleared" },
    { FLAGS_STATUS, M_EL2H, FLAGS_STATUS, 0, "EL2 cannot be set" },
    { FLAGS_STATUS, M_AARCH32, FLAGS_STATUS, 0, "AArch32 cannot be set" },
    { 0, IL, FLAGS_STATUS, 0, "illegal state cannot be set" },
    { 0, SS, FLAGS_STATUS, 0, "software step cannot be set" },
    { 0, DAIF, FLAGS_STATUS, 0, "masked interrupts: goes on" },
    { 0, ~UINT64_C (0), FLAGS_STATUS, FLAGS_STATUS, "all ones: no system flag" },
    { 0, 0, 0, 0, NULL },
};

unsigned const event_flags_vector[] = { EXC_ILLEGAL, EXC_STEP, EVENT_UNDEFINED };

/* The thread's registers of EL0 */
static uint64_t volatile tpidr[2];

static void idr_body (void)
{
    __asm__ volatile ("msr tpidr_el0, %0" : : "r" (UINT64_C (0x1111)));
    victim_ud();
    __asm__ volatile ("mrs %0, tpidr_el0; mrs %1, tpidrro_el0" : "=&r" (tpidr[0]), "=r" (tpidr[1]));
}

static uint32_t set_idr (union utcb *u)
{
    u->arch.tpidr_el0   = 0x2222;
    u->arch.tpidrro_el0 = 0x3333;
    u->arch.elr_el2     = (uintptr_t) victim_next;

    return MTD_EL0_IDR | MTD_EL2_ELR_SPSR;
}

static void el0_idr (void)
{
    event_prepare (idr_body, set_idr);
    event_add (EVENT_UNDEFINED, MTD_EL0_IDR);
    event_go();
    check_eq (event_seen.utcb.tpidr_el0, 0x1111, "the handler sees TPIDR_EL0");
    check_eq (tpidr[0], 0x2222, "the reply sets TPIDR_EL0");
    check_eq (tpidr[1], 0x3333, "and TPIDRRO_EL0");
    check (event_ended, "goes on");
}

/* Values that the CPU must not be given */
struct event_bad const event_bad_ip[] = {
    { UINT64_C (1) << 63, "IP 2^63: not executed" }, { UINT64_C (1) << 52, "IP 2^52: not executed" },
    { UINT64_C (0x0000ffff80000000), "IP below 2^48: not executed" }, { UINT64_C (0xffffffff80000000), "IP below 2^64: not executed" },
    { ~UINT64_C (3), "IP in the last word: not executed" }, { ~UINT64_C (0), "IP ~0: not executed" },
    { 0x10000002, "IP not aligned: not executed" }, { 0, "IP 0: not executed" },
    { 0, NULL },
};

struct event_bad const event_bad_sp[] = {
    { UINT64_C (1) << 63, "SP 2^63: dies" }, { UINT64_C (0x0000ffff80000000), "SP below 2^48: dies" }, { 0, "SP 0: dies" },
    { ~UINT64_C (15), "SP ~15: dies" },
    { 0, NULL },
};

unsigned const event_bad_vector[] = { EXC_IABT, EXC_DABT, EXC_PC_ALIGN, EXC_SP_ALIGN, EVENT_UNDEFINED };

static struct test const test_aarch64[] = {
    { "instructions", instructions }, { "pc_align", pc_align }, { "el0_idr", el0_idr },
};

TESTS ("event", test_aarch64);
