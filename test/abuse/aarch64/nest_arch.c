/* SPDX-License-Identifier: GPL-2.0-only */
#include <nest_arch.h>

#include <abi/event_arch.h>
#include <traits.h>

static struct {
    uint8_t      vector;
    void      (* run) (struct regs *);
    char const   *at, *next;                            /* instruction pointer in the handler; where it goes on */
} const event[NEST_EVENTS] = {
    { EXC_UNKNOWN, regs_ud2,  regs_ud2_at,    regs_ud2_next  },
    { EXC_BRK,     regs_brk,  regs_brk_at,    regs_brk_next  },
    { EXC_SVC,     regs_svc2, regs_svc2_next, regs_svc2_next },
    { EXC_DABT,    regs_read, regs_read_at,   regs_read_next },
    { EXC_FPU,     regs_fmov, regs_fmov_at,   regs_fmov_next },
};

unsigned nest_vector (unsigned e)    { return event[e].vector; }
uint32_t nest_event_mtd (void)       { return MTD_GPRS | MTD_EL2_ELR_SPSR | MTD_EL2_ESR_FAR; }
bool     nest_wants_fpu (unsigned e) { return event[e].vector == EXC_FPU; }

static void fill (struct nest_cpu *c, uint64_t seed)
{
    for (unsigned i = 0; i < GPRS; i++)
        c->before.gpr[i] = (seed + i + 1) * UINT64_C (0x9e3779b97f4a7c15);

    c->before.flags = seed & FLAGS_STATUS;
    c->change       = 0;
}

/* p0 and p1 may change (interface specification, 7.8) */
bool nest_hypercall (struct nest_cpu *c, uint64_t seed, uint64_t *p0, uint64_t *p1)
{
    fill (c, seed);
    c->before.gpr[REG_P0] = *p0;
    c->before.gpr[REG_P1] = *p1;
    c->regs = c->before;
    regs_syscall (&c->regs);

    bool ok = c->regs.gpr[SP] == c->regs.sp && c->regs.flags == c->before.flags;

    for (unsigned i = REG_P1 + 1; i < SP; i++)
        ok &= c->regs.gpr[i] == c->before.gpr[i];

    *p0 = c->regs.gpr[REG_P0];
    *p1 = c->regs.gpr[REG_P1];

    return ok;
}

bool nest_raise (struct nest_cpu *c, uint64_t seed, unsigned e)
{
    fill (c, seed);
    c->regs = c->before;
    event[e].run (&c->regs);

    bool ok = c->regs.gpr[SP] == c->regs.sp && c->regs.flags == c->before.flags;

    for (unsigned i = 0; i < SP; i++)
        ok &= c->regs.gpr[i] == (c->before.gpr[i] ^ c->change);

    return ok;
}

void nest_die (struct nest_cpu *c)
{
    fill (c, 0);
    c->regs = c->before;
    regs_daif (&c->regs);                               /* a trapped MSR has no portal                          */
}

bool nest_event_good (struct nest_cpu const *c, unsigned e, union utcb const *u, uint32_t mtd)
{
    bool ok = mtd == nest_event_mtd() && u->arch.sp_el0 == c->regs.sp;

    for (unsigned i = 0; i < SP; i++)
        ok &= u->arch.gpr[i] == c->before.gpr[i];

    return ok && u->arch.elr_el2 == (uintptr_t) event[e].at && !((u->arch.spsr_el2 ^ c->before.flags) & FLAGS_STATUS) &&
           u->arch.esr_el2 >> 26 == event[e].vector &&
           (event[e].vector != EXC_DABT || u->arch.far_el2 == (uintptr_t) regs_read_at - REGS_READ_BELOW);
}

uint32_t nest_event_reply (struct nest_cpu *c, unsigned e, union utcb *u, uint64_t seed)
{
    u->arch.elr_el2  = (uintptr_t) event[e].next;
    u->arch.spsr_el2 = c->before.flags;
    u->arch.sp_el0   = c->regs.sp;
    c->change        = seed & 1 ? seed : 0;

    for (unsigned i = 0; i < SP; i++)
        u->arch.gpr[i] = c->before.gpr[i] ^ c->change;

    return MTD_EL2_ELR_SPSR | (c->change ? MTD_GPRS : 0);
}

void nest_fpu_set (uint64_t v)
{
    __asm__ volatile (".arch_extension fp; fmov d0, %0; fmov d31, %1" : : "r" (v), "r" (~v));
}

bool nest_fpu_is (uint64_t v)
{
    uint64_t a, b;

    __asm__ volatile (".arch_extension fp; fmov %0, d0; fmov %1, d31" : "=r" (a), "=r" (b));

    return a == v && b == ~v;
}
