/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control-flow protection by branch target identification and pointer authentication (Arm ARM, D8.10 and D8.9).
 *
 * BTI: the text of the kernel is in guarded pages; EL2 without VHE has no other switch. PAC: key A for instructions signs return
 * addresses. It is the kernel's alone: EL0 runs with SCTLR_EL1.EnIA 0, which makes its instructions NOPs, and its accesses to the keys
 * are undefined. Each CPU has a key of its own, new at each boot, and only in registers; no return address ever leaves its stack.
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <cfp.h>
#include <sysreg.h>

/* Boot CPU, before it switches anything on: what firmware provides as a seed goes into all keys */
void cfp_seed (void const *, size_t);

/* Boot CPU, when all CPUs have their keys: nothing in memory leads to them any more */
void cfp_forget (void);

/* A new key for this CPU */
struct cfp_key { uint64_t low, high; };
struct cfp_key cfp_key (void);

/* Each CPU, when it is on: true if it is, and does what it should. The boot CPU prints it, others if it is not. */
bool cfp_cpu_check (void) MUST_CHECK;

/* Switches protection of this CPU on. Inline: what called it must never return, since its own return address is not signed. */
ALWAYS_INLINE void cfp_cpu_enable (void)
{
    if (cfp.branch)
        sysreg_write (sctlr_el2, sysreg_read (sctlr_el2) | SCTLR_BT);

    if (cfp.ret) {

        struct cfp_key const k = cfp_key();

        sysreg_write (S3_0_C2_C1_0, k.low);             /* APIAKeyLo_EL1, APIAKeyHi_EL1                             */
        sysreg_write (S3_0_C2_C1_1, k.high);
        sysreg_write (sctlr_el2, sysreg_read (sctlr_el2) | SCTLR_ENIA);
    }

    isb();
}
