/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens on an exception, by its class and by where it came from. */
#include <exception.h>

#include <abi/event_arch.h>
#include <base/macros.h>
#include <cpu_local.h>
#include <ec.h>
#include <ec_fpu.h>
#include <ipc.h>
#include <memory.h>
#include <panic.h>
#include <pd.h>
#include <smc.h>
#include <space_hst.h>
#include <sysreg.h>

/* Classes with a valid FAR_EL2, unless the syndrome says that it is not; otherwise it may be a stranger's (Arm ARM, D17.2.40) */
#define FAR_NOT_VALID   BIT64 (10)
#define HAS_FAR (BIT64 (EXC_IABT) | BIT64 (EXC_PC_ALIGN) | BIT64 (EXC_DABT) | BIT64 (EXC_WATCH))
#define HAS_FSC (BIT64 (EXC_IABT) | BIT64 (EXC_DABT))

/* Fault status of a data or instruction abort: translation fault of any level (D17.2.37, DFSC and IFSC) */
#define FSC_LEVELS              UINT64_C (0x3c)
#define FSC_TRANSLATION         4

/*
 * A translation fault where there is a page: its entry was broken for the moment in which it is replaced, or it has just been mapped.
 * No event then, it is tried again; what is not permitted faults once more, in another way.
 */
static bool mapped_now (uint64_t esr, struct ec *ec)
{
    paddr_t pa;
    unsigned order;

    return (esr & FSC_LEVELS) == FSC_TRANSLATION && ec->regs.far < USER_END && space_hst_lookup (ec->space_hst, ec->regs.far, &pa, &order);
}

void exception_user (uint64_t esr, struct ec *ec)
{
    unsigned const class = esr >> ESR_EC_SHIFT & 0x3f;

    cpu_local.next = ec;

    if (class == EXC_FPU && ec_fpu_claim (ec))
        return;

    if (esr == ESR_SVC1 && ec->space_obj->pd == pd_root && smc_proxy (ec->regs.gpr))
        return;

    if (!(HAS_FAR >> class & 1) || esr & FAR_NOT_VALID)
        ec->regs.far = 0;
    else if (HAS_FSC >> class & 1 && mapped_now (esr, ec))
        return;

    ec->regs.event = class;
    ipc_event (ec);
}

void exception_kernel (uint64_t esr, uint64_t elr, uint64_t far, uint64_t sp)
{
    panic ("exception in the kernel: ESR %#lx, IP %#lx, FAR %#lx, SP %#lx", esr, elr, far, sp);
}
