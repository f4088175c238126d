/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers are read only where CPUID or the vendor's manual says that they are there: a read of another one is an exception. */
#include <facts.h>

#include <abi/record.h>
#include <base/macros.h>
#include <cpuid.h>
#include <msr.h>

#define INTEL_EBX       0x756e6547                      /* "Genu"                                                   */
#define AMD_EBX         0x68747541                      /* "Auth"                                                   */

#define CPUID1_EIST     (1U << 7)                       /* ECX                                                      */
#define CPUID1_VM       (1U << 31)                      /* ECX: for the hypervisor, which may have left MSRs out    */
#define CPUID6_TURBO    (1U << 1)                       /* EAX                                                      */
#define CPUID6_HWP      (1U << 7)

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
    struct cpuid const l0 = cpuid (0, 0), l1 = cpuid (1, 0), l6 = l0.eax >= 6 ? cpuid (6, 0) : (struct cpuid){ 0 };
    unsigned const family = l1.eax >> 8 & 0xf;
    bool const intel = l0.ebx == INTEL_EBX && family >= 6, amd = l0.ebx == AMD_EBX && family == 0xf;

    p->cpu = l1.eax;

    if ((!intel && !amd) || l1.ecx & CPUID1_VM)
        return;

    p->microcode = microcode (intel);

    if (intel && l1.ecx & CPUID1_EIST)
        fact (p, PLATFORM_SCALING, rdmsr (IA32_MISC_ENABLE) & MISC_EIST);

    if (intel && l6.eax & CPUID6_HWP)
        fact (p, PLATFORM_HWP, rdmsr (IA32_PM_ENABLE) & 1);

    if (intel && l1.ecx & CPUID1_EIST)                  /* CPUID.6 does not have the bit while turbo is disabled    */
        fact (p, PLATFORM_TURBO, l6.eax & CPUID6_TURBO && !(rdmsr (IA32_MISC_ENABLE) & MISC_NO_TURBO));
}
