/* SPDX-License-Identifier: GPL-2.0-only */
#include <nest_arch.h>

#include <abi/event_arch.h>
#include <abi/mtd.h>

enum { TF = 1 << 8, STATUS_FLAGS = 0x8d5, FLAGS_ALWAYS = 0x202, ERROR_IDT = 1 << 1, ERROR_USER = 1 << 2, ERROR_MASK = 7 };

static struct {
    uint8_t      vector;
    bool         step;                                  /* with RFLAGS.TF                                       */
    uint8_t      error;                                 /* its low bits; QEMU 7 doubles the vector above them   */
    void      (* run) (struct regs *);
    char const   *at, *next;                            /* RIP in the handler; where it goes on                 */
} const event[NEST_EVENTS] = {
    { EXC_UD, false, 0,          regs_ud2,   regs_ud2_at,     regs_ud2_next   },
    { EXC_BP, false, 0,          regs_int3,  regs_int3_next,  regs_int3_next  },
    { EXC_DB, true,  0,          regs_nop,   regs_nop_next,   regs_nop_next   },
    { EXC_GP, false, 0,          regs_hlt,   regs_hlt_at,     regs_hlt_next   },
    { EXC_GP, false, ERROR_IDT,  regs_int,   regs_int_at,     regs_int_next   },
    { EXC_PF, false, ERROR_USER, regs_read,  regs_read_at,    regs_read_next  },
    { EXC_NM, false, 0,          regs_pxor,  regs_pxor_at,    regs_pxor_next  },
};

unsigned nest_vector (unsigned e)    { return event[e].vector; }
uint32_t nest_event_mtd (void)       { return MTD_GPR_0_7 | MTD_GPR_8_15 | MTD_RFLAGS | MTD_RIP | MTD_QUAL; }
bool     nest_wants_fpu (unsigned e) { return event[e].vector == EXC_NM; }

static void fill (struct nest_cpu *c, uint64_t seed)
{
    for (unsigned i = 0; i < GPRS; i++)
        c->before.gpr[i] = (seed + i + 1) * UINT64_C (0x9e3779b97f4a7c15);

    c->before.flags     = FLAGS_ALWAYS | (seed & STATUS_FLAGS);
    c->change           = 0;
}

/* RCX and R11 are lost, p0 and p1 may change (interface specification, 8.8) */
bool nest_hypercall (struct nest_cpu *c, uint64_t seed, uint64_t *p0, uint64_t *p1)
{
    fill (c, seed);
    c->before.gpr[RDI] = *p0;
    c->before.gpr[RSI] = *p1;
    c->regs = c->before;
    regs_syscall (&c->regs);

    bool ok = c->regs.gpr[RSP] == c->regs.sp;

    for (unsigned i = 0; i < GPRS; i++)
        ok &= i == RCX || i == R11 || i == RDI || i == RSI || i == RSP || c->regs.gpr[i] == c->before.gpr[i];

    *p0 = c->regs.gpr[RDI];
    *p1 = c->regs.gpr[RSI];

    return ok;
}

bool nest_raise (struct nest_cpu *c, uint64_t seed, unsigned e)
{
    fill (c, seed);
    c->regs = c->before;

    if (event[e].step)
        c->regs.flags |= TF;

    event[e].run (&c->regs);

    bool ok = c->regs.gpr[RSP] == c->regs.sp && c->regs.flags == c->before.flags;

    for (unsigned i = 0; i < GPRS; i++)
        ok &= i == RSP || c->regs.gpr[i] == (c->before.gpr[i] ^ c->change);

    return ok;
}

void nest_die (struct nest_cpu *c)
{
    fill (c, 0);
    c->regs = c->before;
    c->regs.gpr[RCX] = 0;
    regs_div (&c->regs);                                /* #DE has no portal                                    */
}

bool nest_event_good (struct nest_cpu const *c, unsigned e, union utcb const *u, uint32_t mtd)
{
    bool ok = mtd == nest_event_mtd();

    for (unsigned i = 0; i < GPRS; i++)
        ok &= u->arch.gpr[i] == (i == RSP ? c->regs.sp : c->before.gpr[i]);

    return ok && u->arch.rip == (uintptr_t) event[e].at && !((u->arch.rflags ^ c->before.flags) & STATUS_FLAGS) &&
           !(u->arch.rflags & TF) == !event[e].step && (u->arch.qual[0] & ERROR_MASK) == event[e].error &&
           (event[e].vector != EXC_PF || u->arch.qual[1] == 0x1000);
}

uint32_t nest_event_reply (struct nest_cpu *c, unsigned e, union utcb *u, uint64_t seed)
{
    u->arch.rip    = (uintptr_t) event[e].next;
    u->arch.rflags = c->before.flags;
    c->change      = seed & 1 ? seed : 0;

    for (unsigned i = 0; i < GPRS; i++)
        u->arch.gpr[i] = i == RSP ? c->regs.sp : c->before.gpr[i] ^ c->change;

    return MTD_RIP | MTD_RFLAGS | (c->change ? MTD_GPR_0_7 | MTD_GPR_8_15 : 0);
}

void nest_fpu_set (uint64_t v)
{
    __asm__ volatile ("movq %0, %%xmm0; movq %1, %%xmm15; finit; fldz" : : "r" (v), "r" (~v));
}

bool nest_fpu_is (uint64_t v)
{
    uint64_t a, b;
    uint16_t sw;

    __asm__ volatile ("movq %%xmm0, %0; movq %%xmm15, %1; fnstsw %2" : "=r" (a), "=r" (b), "=a" (sw));

    return a == v && b == ~v && (sw >> 11 & 7) == 7;    /* one register on the x87 stack                        */
}
