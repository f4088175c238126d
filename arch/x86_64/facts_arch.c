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
#define PSTATE_MAX      UINT64_C (0x70)                 /* PstateMaxVal: the slowest one; AMD APM 2, 17.1           */
#define HWCR_CPB_DIS    BIT64 (25)                      /* CpbDis; AMD APM 2, 17.2                                  */
#define CPPC_ON         UINT64_C (1)                    /* AMD APM 2, 17.6                                          */

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

static void frequency_intel (struct record_platform *p)
{
    if (cpu_has (CPU_HWP))
        fact (p, PLATFORM_HWP, rdmsr (IA32_PM_ENABLE) & 1);

    if (cpu_has (CPU_EIST)) {                           /* CPUID.6 does not have turbo while it is disabled         */
        fact (p, PLATFORM_SCALING, rdmsr (IA32_MISC_ENABLE) & MISC_EIST);
        fact (p, PLATFORM_TURBO, cpu_has (CPU_TURBO) && !(rdmsr (IA32_MISC_ENABLE) & MISC_NO_TURBO));
    }
}

static void frequency_amd (struct record_platform *p)
{
    if (cpu_has (CPU_CPPC))                             /* once it is on, P-states mean nothing                     */
        fact (p, PLATFORM_HWP, rdmsr (CPPC_ENABLE) & CPPC_ON);

    if (cpu_has (CPU_HW_PSTATE))                        /* is there more than the one of the nominal frequency?     */
        fact (p, PLATFORM_SCALING, rdmsr (PSTATE_CURRENT_LIMIT) & PSTATE_MAX);

    if (cpu_has (CPU_CPB))
        fact (p, PLATFORM_TURBO, !(rdmsr (HWCR) & HWCR_CPB_DIS));
}

void facts_arch (struct record_platform *p)
{
    bool const intel = cpu_vendor() == CPU_VENDOR_INTEL && cpu_family() >= 6, amd = cpu_vendor() == CPU_VENDOR_AMD && cpu_family() >= 0xf;

    p->cpu = cpu_signature();

    if ((!intel && !amd) || cpu_has (CPU_HYPERVISOR))   /* which may have left MSRs out                             */
        return;

    p->microcode = microcode (intel);

    if (intel)
        frequency_intel (p);
    else
        frequency_amd (p);
}
