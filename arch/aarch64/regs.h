/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of an EC. The first 34 words have the order of the UTCB's architectural layout, so that state transfer copies blocks.
 * p0...p4 are the hypercall parameters (interface specification, 7.8).
 */
#pragma once

#include <abi/utcb_arch.h>
#include <base/macros.h>

struct regs {
    uint64_t gpr[31], sp, tpidr, tpidrro;               /* of EL0. TPIDRRO_EL0 only changes by an event reply       */
    uint64_t elr, spsr;
    uint64_t event, esr, far;                           /* pending event: number, syndrome, faulting address        */
};

STATIC_ASSERT (offsetof (struct regs, sp)      == offsetof (struct utcb_arch, sp_el0));
STATIC_ASSERT (offsetof (struct regs, tpidrro) == offsetof (struct utcb_arch, tpidrro_el0));

#define REGS_P0(r)  ((r)->gpr[0])
#define REGS_P1(r)  ((r)->gpr[1])
#define REGS_P2(r)  ((r)->gpr[2])
#define REGS_P3(r)  ((r)->gpr[3])
#define REGS_P4(r)  ((r)->gpr[4])
#define REGS_IP(r)  ((r)->elr)
#define REGS_SP(r)  ((r)->sp)

enum { SPSR_INIT = 0 };                                 /* EL0t, AArch64, nothing masked                            */
