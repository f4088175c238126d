/* SPDX-License-Identifier: GPL-2.0-only */
/* Identification registers, which user mode cannot read. Whether the frequency changes is not architectural. */
#include <facts.h>

#include <abi/record.h>
#include <base/macros.h>
#include <sysreg.h>

#define MPIDR_MT    BIT64 (24)                          /* Arm ARM, D17.2.101: the lowest level of affinity is a thread */

void facts_arch (struct record_platform *p)
{
    p->cpu   = sysreg_read (midr_el1);
    p->known = PLATFORM_SMT;
    p->on    = sysreg_read (mpidr_el1) & MPIDR_MT ? PLATFORM_SMT : 0;
}
