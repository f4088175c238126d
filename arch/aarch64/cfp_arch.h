/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Control-flow protection by branch target identification and pointer authentication (Arm ARM, D8.10 and D8.9).
 *
 * BTI: the text of the kernel is in guarded pages; there is no other switch. PAC: key A for instructions signs return addresses. It is
 * the kernel's alone: EL0 runs with EnIA 0, which makes its instructions NOPs, and its accesses to the keys are undefined. Each CPU has
 * a key of its own, new at each boot, and only in registers; no return address ever leaves its stack.
 *
 * Without VHE, EL0 has the EnIA of SCTLR_EL1, and that of SCTLR_EL2 stays set. With VHE both have that of SCTLR_EL2, which is set on the
 * way from user mode to C code and cleared on the way back (entry.S). There, PACGA of EL0 cannot be made to trap: its key is 0.
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <cfp.h>
#include <cpu_local.h>
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

/* PACGA is an extra of key A and B; ID_AA64ISAR2_EL1 by number */
static inline bool has_pacga (void) { return sysreg_read (id_aa64isar1_el1) >> 24 & 0xff || sysreg_read (S3_0_C0_C6_2) >> 8 & 0xf; }

/* Switches protection of this CPU on, when SCTLR_EL2 has all else. Inline: what called it must never return, since its own return
 * address is not signed. */
ALWAYS_INLINE void cfp_cpu_enable (void)
{
    uint64_t const sctlr = sysreg_read (sctlr_el2) | (cfp.branch ? SCTLR_BT : 0);

    cpu_local.arch.sctlr_user   = sctlr;
    cpu_local.arch.sctlr_kernel = sctlr | (cfp.ret ? SCTLR_ENIA : 0);

    if (cfp.ret) {

        struct cfp_key const k = cfp_key();

        sysreg_write (S3_0_C2_C1_0, k.low);             /* APIAKeyLo_EL1, APIAKeyHi_EL1                             */
        sysreg_write (S3_0_C2_C1_1, k.high);

        if (has_pacga()) {
            sysreg_write (S3_0_C2_C3_0, 0);             /* APGAKeyLo_EL1, APGAKeyHi_EL1                             */
            sysreg_write (S3_0_C2_C3_1, 0);
        }
    }

    sysreg_write (sctlr_el2, cpu_local.arch.sctlr_kernel);
    isb();
}
