/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 part of execution contexts: initial registers, state transfer with events. */
#include <ec.h>

#include <abi/event_arch.h>
#include <ipc.h>
#include <memory.h>

void ec_arch_init_regs (struct ec *ec, uint64_t sp)
{
    ec->regs.rsp    = sp;
    ec->regs.rflags = RFLAGS_INIT;
    ec->exit        = ec->kind == EC_LOCAL ? EXIT_SHORT : EXIT_FULL;
}

void ec_arch_event (struct ec *ec, unsigned event)
{
    ec->regs.event = event;
    ec->regs.error = ec->regs.cr2 = 0;
}

/* After SYSCALL, rcx and r11 are what SYSRET would leave in them (interface specification, 8.8). */
void ec_arch_full_exit (struct ec *ec)
{
    if (ec->exit == EXIT_FULL)
        return;

    ec->regs.rcx    = ec->regs.rip;
    ec->regs.r11    = ec->regs.rflags = RFLAGS_INIT;
    ec->exit        = EXIT_FULL;
}

/* n is a constant */
ALWAYS_INLINE void copy (uint64_t *dst, uint64_t const *src, unsigned n)
{
    UNROLL
    for (unsigned i = 0; i < n; i++)
        dst[i] = src[i];
}

INDIRECT_NEVER void ec_arch_save_state (struct ec const *ec, union utcb *utcb, uint32_t mtd)
{
    struct regs const *const r = &ec->regs;
    struct utcb_arch *const u = &utcb->arch;

    if (mtd & MTD_GPR_0_7)
        copy (u->gpr, r->gpr, 8);

    if (mtd & MTD_GPR_8_15)
        copy (u->gpr + 8, r->gpr + 8, 8);

    if (mtd & MTD_RFLAGS)
        u->rflags = r->rflags;

    if (mtd & MTD_RIP)
        u->rip = r->rip;

    if (mtd & MTD_QUAL) {
        u->qual[0] = r->error;
        u->qual[1] = r->cr2;
        u->qual[2] = 0;
    }
}

/* SYSRET or IRET to such an address would fault in the kernel: the EC takes that #GP itself. */
INDIRECT_TARGET void ec_arch_bad_ip (struct ec *ec)
{
    ec->cont = NULL;
    ec_arch_full_exit (ec);
    ec_arch_event (ec, EXC_GP);
    ipc_event (ec);
}

INDIRECT_NEVER bool ec_arch_load_state (struct ec *ec, union utcb const *utcb, uint32_t mtd)
{
    struct regs *const r = &ec->regs;
    struct utcb_arch const *const u = &utcb->arch;

    if (UNLIKELY (mtd & MTD_POISON))
        return false;

    if (UNLIKELY (mtd & MTD_GPR_0_7))
        copy (r->gpr, u->gpr, 8);

    if (UNLIKELY (mtd & MTD_GPR_8_15))
        copy (r->gpr + 8, u->gpr + 8, 8);

    /* A handler may end single-stepping, but only the EC itself can begin it. */
    if (mtd & MTD_RFLAGS)
        r->rflags = (r->rflags & ~(uint64_t)RFLAGS_USER & (u->rflags | ~(uint64_t)RFLAGS_TF)) | (u->rflags & RFLAGS_USER);

    if (mtd & MTD_RIP)
        r->rip = u->rip;

    if (UNLIKELY (r->rip >= USER_END))
        ec->cont = ec_arch_bad_ip;

    return true;
}
