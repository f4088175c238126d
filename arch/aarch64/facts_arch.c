/* SPDX-License-Identifier: GPL-2.0-only */
/* Identification registers, which user mode cannot read. Whether the frequency changes is not architectural. */
#include <facts.h>

#include <abi/record.h>
#include <base/macros.h>
#include <platform.h>
#include <sysreg.h>

#define MPIDR_MT    BIT64 (24)                          /* Arm ARM, D17.2.101: CPUs that differ in Aff0 alone affect each other */
#define MPIDR_AFF0  UINT64_C (0xff)

/* MT alone does not say it: cores of one thread in a DynamIQ cluster have it, too, and each of them another Aff1 */
static bool shares_core (void)
{
    uint64_t const own = sysreg_read (mpidr_el1);

    for (unsigned i = 0; own & MPIDR_MT && i < platform.cpus; i++) {

        uint64_t const differs = (platform.mpidr[i] ^ own) & MPIDR_AFFINITY;

        if (differs && !(differs & ~MPIDR_AFF0))
            return true;
    }

    return false;
}

void facts_arch (struct record_platform *p)
{
    p->cpu   = sysreg_read (midr_el1);
    p->known = PLATFORM_SMT;
    p->on    = shares_core() ? PLATFORM_SMT : 0;
}
