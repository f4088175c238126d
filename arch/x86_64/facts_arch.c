/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers are read only where CPUID or the vendor's manual says that they are there: a read of another one is an exception. */
#include <facts.h>

#include <abi/record.h>
#include <base/macros.h>
#include <cpu_features.h>
#include <cpuid.h>
#include <msr.h>

#define MISC_EIST       BIT64 (16)                      /* Intel SDM 4, table 2-2                                   */
#define MISC_NO_TURBO   BIT64 (38)
#define IA32_PM_ENABLE  0x770                           /* Intel SDM 3B, 15.4.2                                     */

static void fact (struct record_platform *p, uint64_t bit, bool on)
{
    p->known |= bit;

    if (on)
        p->on |= bit;
}

/* The revision of microcode: after CPUID of leaf 1, which loads it (Intel SDM 3A, 10.11.7.1); AMD: PATCH_LEVEL, always there */
static uint64_t microcode (bool intel)
{
    if (!intel)
        return rdmsr (IA32_BIOS_SIGN_ID);

    wrmsr (IA32_BIOS_SIGN_ID, 0);
    cpuid (1, 0);

    return rdmsr (IA32_BIOS_SIGN_ID) >> 32;
}

void facts_arch (struct record_platform *p)
{
    bool const intel = cpu_vendor() == CPU_VENDOR_INTEL && cpu_family() >= 6, amd = cpu_vendor() == CPU_VENDOR_AMD && cpu_family() >= 0xf;

    p->cpu = cpu_signature();

    if ((!intel && !amd) || cpu_has (CPU_HYPERVISOR))   /* which may have left MSRs out                             */
        return;

    p->microcode = microcode (intel);

    if (!intel)
        return;

    if (cpu_has (CPU_HWP))
        fact (p, PLATFORM_HWP, rdmsr (IA32_PM_ENABLE) & 1);

    if (cpu_has (CPU_EIST)) {                           /* CPUID.6 does not have turbo while it is disabled         */
        fact (p, PLATFORM_SCALING, rdmsr (IA32_MISC_ENABLE) & MISC_EIST);
        fact (p, PLATFORM_TURBO, cpu_has (CPU_TURBO) && !(rdmsr (IA32_MISC_ENABLE) & MISC_NO_TURBO));
    }
}
