/* SPDX-License-Identifier: GPL-2.0-only */
/* aarch64 part of execution contexts: initial registers, state transfer with events. */
#include <ec.h>

#include <abi/event_arch.h>
#include <cpu_local.h>
#include <sysreg.h>

void ec_arch_init_regs (struct ec *ec, uint64_t sp)
{
    ec->regs.sp   = sp;
    ec->regs.spsr = SPSR_INIT;
}

void ec_arch_event (struct ec *ec, unsigned event)
{
    ec->regs.event = event;
    ec->regs.esr = ec->regs.far = 0;
}

/* There is one way out, and it restores everything. */
void ec_arch_full_exit (struct ec *ec) { (void)ec; }

/* n is a constant. Two at a time, as LDP and STP do it. */
ALWAYS_INLINE void copy (uint64_t *dst, uint64_t const *src, unsigned n)
{
    UNROLL
    for (unsigned i = 0; i < n - n % 2; i += 2) {
        uint64_t const a = src[i], b = src[i + 1];
        dst[i]     = a;
        dst[i + 1] = b;
    }

    if (n % 2)
        dst[n - 1] = src[n - 1];
}

void ec_arch_save_state (struct ec const *ec, union utcb *utcb, uint32_t mtd)
{
    struct regs const *const r = &ec->regs;
    struct utcb_arch *const u = &utcb->arch;

    if (mtd & MTD_GPR)
        copy (u->gpr, r->gpr, ARRAY_SIZE (r->gpr));

    if (mtd & MTD_EL0_SP)
        u->sp_el0 = r->sp;

    if (mtd & MTD_EL0_IDR) {
        u->tpidr_el0   = r->tpidr;
        u->tpidrro_el0 = r->tpidrro;
    }

    if (mtd & MTD_EL2_ELR_SPSR) {
        u->elr_el2  = r->elr;
        u->spsr_el2 = r->spsr;
    }

    if (mtd & MTD_EL2_ESR_FAR) {
        u->esr_el2 = r->esr;
        u->far_el2 = r->far;
    }
}

/* ERET goes anywhere: the fetch at EL0 fails, and that is the event. */
INDIRECT_TARGET void ec_arch_bad_ip (struct ec *ec)
{
    ec->cont = NULL;
    cpu_local.next = ec;
}

bool ec_arch_load_state (struct ec *ec, union utcb const *utcb, uint32_t mtd)
{
    struct regs *const r = &ec->regs;
    struct utcb_arch const *const u = &utcb->arch;

    if (UNLIKELY (mtd & MTD_POISON))
        return false;

    if (mtd & MTD_ICI)
        __asm__ volatile ("ic iallu; dsb nsh; isb" : : : "memory");

    if (mtd & MTD_GPR)
        copy (r->gpr, u->gpr, ARRAY_SIZE (r->gpr));

    if (mtd & MTD_EL0_SP)
        r->sp = u->sp_el0;

    if (mtd & MTD_EL0_IDR) {
        r->tpidr   = u->tpidr_el0;
        r->tpidrro = u->tpidrro_el0;
    }

    if (mtd & MTD_EL2_ELR_SPSR) {
        r->elr  = u->elr_el2;
        r->spsr = (r->spsr & ~(uint64_t)PSTATE_NZCV) | (u->spsr_el2 & PSTATE_NZCV);
    }

    return true;
}
