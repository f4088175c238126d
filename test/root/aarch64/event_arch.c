/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions of aarch64, what they carry, and PSTATE in a reply (7.6, 7.7.4) */
#include <event.h>
#include <hva.h>
#include <mem.h>

/* ESR_EL2 (Arm ARM, D19.2.37): EC is the number of the event */
static uint64_t iss (void) { return event_seen.utcb.esr_el2 & 0x1ffffff; }
static unsigned ec (void) { return event_seen.utcb.esr_el2 >> 26 & 0x3f; }

static void instructions (void)
{
    event_exception (victim_brk, EXC_BRK, (uintptr_t) victim_brk_at, EVENT_TEXT ("BRK"));
    check_eq (iss(), 0x123, "BRK: its immediate");
    check_eq (ec(), EXC_BRK, "BRK: class in ESR_EL2");
    event_exception (victim_hvc, EXC_UNKNOWN, (uintptr_t) victim_hvc_at, EVENT_TEXT ("HVC"));
    event_exception (victim_smc, EXC_UNKNOWN, (uintptr_t) victim_smc_at, EVENT_TEXT ("SMC"));
    event_exception (victim_eret, EXC_UNKNOWN, (uintptr_t) victim_eret_at, EVENT_TEXT ("ERET"));
    event_exception (victim_tlbi, EXC_UNKNOWN, (uintptr_t) victim_tlbi_at, EVENT_TEXT ("TLBI"));
    event_exception (victim_el1, EXC_UNKNOWN, (uintptr_t) victim_el1_at, EVENT_TEXT ("MRS from SCTLR_EL1"));
    event_exception (victim_el2, EXC_UNKNOWN, (uintptr_t) victim_el2_at, EVENT_TEXT ("MRS from HCR_EL2"));
}

/* SCTLR_EL1.UMA decides: the class of a trapped MSR */
static void daif (void)
{
    event_exception (victim_daif, EXC_SYSREG, (uintptr_t) victim_daif_at, EVENT_TEXT ("MSR DAIFSET"));
}

/* 7.8, 7.9: SVC #0 is a hypercall, #1 a secure monitor call, others are nothing */
static void svc (void)
{
    event_exception (victim_svc2, EXC_SVC, (uintptr_t) victim_svc2_at + 4, EVENT_TEXT ("SVC #2"));
    check_eq (iss(), 2, "SVC #2: its immediate");
}

static void pc_align (void)
{
    event_exception (victim_pc, EXC_PC_ALIGN, (uintptr_t) victim_next + 2, EVENT_TEXT ("PC not aligned"));
    check_eq (event_seen.utcb.far_el2, (uintptr_t) victim_next + 2, "PC not aligned: address");
}

/* Fault status: translation fault 0b0001LL, permission fault 0b0011LL; WnR is bit 6 */
enum { TRANSLATION = 0x04, PERMISSION = 0x0c, WRITE = 1 << 6, STATUS = 0x3c };

static void fault (void (*fn) (void), unsigned vector, uint64_t addr, uint64_t want, uint64_t mask, char const *const text[3])
{
    victim_addr = addr;
    event_prepare (fn, event_skip);
    event_add (vector, MTD_EL2_ELR_SPSR | MTD_EL2_ESR_FAR);
    event_go();
    check_eq (event_seen.utcb.far_el2, addr, text[0]);
    check_eq (iss() & mask, want, text[1]);
    check (event_ended, text[2]);
}

#define FAULT(name) (char const *const[]) { name ": address", name ": fault status", name ": goes on where the reply says" }

static void aborts (void)
{
    uint64_t const none = mem_window (1, 0), ro = (uintptr_t) root.hip;

    fault (victim_read, EXC_DABT, none + 0x123, TRANSLATION, STATUS | WRITE, FAULT ("read, nothing mapped"));
    fault (victim_write, EXC_DABT, none + 0xff8, TRANSLATION | WRITE, STATUS | WRITE, FAULT ("write, nothing mapped"));
    fault (victim_write, EXC_DABT, ro, PERMISSION | WRITE, STATUS | WRITE, FAULT ("write, read-only"));
    fault (victim_jump, EXC_IABT, ro, PERMISSION, STATUS, FAULT ("execute, not executable"));
    check_eq (event_seen.utcb.elr_el2, ro, "execute: instruction pointer is the address");
    fault (victim_jump, EXC_IABT, none, TRANSLATION, STATUS, FAULT ("execute, nothing mapped"));
    fault (victim_read, EXC_DABT, hva_end(), 0, WRITE, FAULT ("read behind the end of user memory"));
    fault (victim_read, EXC_DABT, ~UINT64_C (0xfff), 0, WRITE, FAULT ("read of the last page"));
}

/* PSTATE: only the condition flags are writable */
static uint64_t reply_spsr;

static uint32_t set_spsr (union utcb *u)
{
    u->arch.spsr_el2 = reply_spsr;
    u->arch.elr_el2  = (uintptr_t) regs_ud2_next;

    return event_seen.count == 1 ? MTD_EL2_ELR_SPSR : MTD_POISON;
}

static void body (void)
{
    for (unsigned i = 0; i < GPRS; i++)
        victim_regs.gpr[i] = i;

    regs_ud2 (&victim_regs);
}

static void spsr_with (uint64_t before, uint64_t spsr, char const *text)
{
    victim_regs.flags = before;
    reply_spsr = spsr;
    event_prepare (body, set_spsr);
    event_add (EVENT_UNDEFINED, MTD_EL2_ELR_SPSR);
    event_add (EXC_ILLEGAL, MTD_EL2_ELR_SPSR);
    event_add (EXC_STEP, MTD_EL2_ELR_SPSR);
    event_go();
    check (event_ended && event_seen.count == 1, text);
}

enum { M_EL2H = 9, M_AARCH32 = 1 << 4, DAIF = 0xf << 6, IL = 1 << 20, SS = 1 << 21 };

static void spsr (void)
{
    spsr_with (0x50000000, 0xa0000000, "other condition flags: goes on");
    check_eq (event_seen.utcb.spsr_el2 & FLAGS_STATUS, 0x50000000, "the handler sees the condition flags");
    check_eq (event_seen.utcb.spsr_el2 & (M_AARCH32 | 0xf), 0, "and EL0, AArch64");
    check_eq (victim_regs.flags, 0xa0000000, "the reply sets the condition flags");
    spsr_with (0, M_EL2H, "EL2 in the reply: goes on");
    spsr_with (0, M_AARCH32, "AArch32 in the reply: goes on");
    spsr_with (0, IL, "illegal state in the reply: goes on");
    spsr_with (0, SS, "software step in the reply: goes on");
    spsr_with (0, ~UINT64_C (0), "all ones: goes on");
    check_eq (victim_regs.flags, FLAGS_STATUS, "with the condition flags");
    spsr_with (0, DAIF, "masked interrupts in the reply: goes on");
}

/* The thread's registers of EL0 */
static uint64_t volatile tpidr[2];

static void idr_body (void)
{
    __asm__ volatile ("msr tpidr_el0, %0" : : "r" (UINT64_C (0x1111)));
    victim_ud();
    uint64_t a, b;
    __asm__ volatile ("mrs %0, tpidr_el0" : "=r" (a));
    __asm__ volatile ("mrs %0, tpidrro_el0" : "=r" (b));
    tpidr[0] = a;
    tpidr[1] = b;
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
    { "instructions", instructions }, { "daif", daif }, { "svc", svc }, { "pc_align", pc_align }, { "aborts", aborts }, { "spsr", spsr },
    { "el0_idr", el0_idr },
};

TESTS ("event", test_aarch64);
