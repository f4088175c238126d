/* SPDX-License-Identifier: GPL-2.0-only */
#include <cpu_features.h>

#include <cpuid.h>
#include <cr.h>
#include <msr.h>

#include <base/assert.h>
#include <base/macros.h>

enum { EAX, EBX, ECX, EDX };

/* Intel SDM 2A, CPUID; AMD APM 3, appendix E, for leaves 80000001 ECX, 80000007, 80000008 EBX, 8000000A and 80000022. Ordered by leaf. */
static struct { uint32_t leaf; uint8_t sub, reg, bit; } const feature[CPU_FEATURES] = {
    [CPU_MCE]           = { 0x1, 0, EDX, 7 },
    [CPU_PGE]           = { 0x1, 0, EDX, 13 },
    [CPU_FXSR]          = { 0x1, 0, EDX, 24 },
    [CPU_SSE]           = { 0x1, 0, EDX, 25 },
    [CPU_VMX]           = { 0x1, 0, ECX, 5 },
    [CPU_EIST]          = { 0x1, 0, ECX, 7 },
    [CPU_PCID]          = { 0x1, 0, ECX, 17 },
    [CPU_X2APIC]        = { 0x1, 0, ECX, 21 },
    [CPU_TSC_DEADLINE]  = { 0x1, 0, ECX, 24 },
    [CPU_XSAVE]         = { 0x1, 0, ECX, 26 },
    [CPU_HYPERVISOR]    = { 0x1, 0, ECX, 31 },
    [CPU_TURBO]         = { 0x6, 0, EAX, 1 },
    [CPU_ARAT]          = { 0x6, 0, EAX, 2 },
    [CPU_HWP]           = { 0x6, 0, EAX, 7 },
    [CPU_FSGSBASE]      = { 0x7, 0, EBX, 0 },
    [CPU_TSC_ADJUST]    = { 0x7, 0, EBX, 1 },
    [CPU_SMEP]          = { 0x7, 0, EBX, 7 },
    [CPU_ERMS]          = { 0x7, 0, EBX, 9 },
    [CPU_INVPCID]       = { 0x7, 0, EBX, 10 },
    [CPU_RDT_A]         = { 0x7, 0, EBX, 15 },
    [CPU_SMAP]          = { 0x7, 0, EBX, 20 },
    [CPU_UMIP]          = { 0x7, 0, ECX, 2 },
    [CPU_PKU]           = { 0x7, 0, ECX, 3 },
    [CPU_CET_SS]        = { 0x7, 0, ECX, 7 },
    [CPU_LA57]          = { 0x7, 0, ECX, 16 },
    [CPU_RDPID]         = { 0x7, 0, ECX, 22 },
    [CPU_PKS]           = { 0x7, 0, ECX, 31 },
    [CPU_FSRM]          = { 0x7, 0, EDX, 4 },
    [CPU_HYBRID]        = { 0x7, 0, EDX, 15 },
    [CPU_CET_IBT]       = { 0x7, 0, EDX, 20 },
    [CPU_CET_SSS]       = { 0x7, 1, EDX, 18 },
    [CPU_XSAVEOPT]      = { 0xd, 1, EAX, 0 },
    [CPU_XSAVEC]        = { 0xd, 1, EAX, 1 },
    [CPU_XSAVES]        = { 0xd, 1, EAX, 3 },
    [CPU_SVM]           = { 0x80000001, 0, ECX, 2 },
    [CPU_PERF_CTR_EXT]  = { 0x80000001, 0, ECX, 23 },
    [CPU_SYSCALL]       = { 0x80000001, 0, EDX, 11 },
    [CPU_NX]            = { 0x80000001, 0, EDX, 20 },
    [CPU_PDPE1GB]       = { 0x80000001, 0, EDX, 26 },
    [CPU_RDTSCP]        = { 0x80000001, 0, EDX, 27 },
    [CPU_HW_PSTATE]     = { 0x80000007, 0, EDX, 7 },
    [CPU_INVARIANT_TSC] = { 0x80000007, 0, EDX, 8 },
    [CPU_CPB]           = { 0x80000007, 0, EDX, 9 },
    [CPU_FP_ERR_PTRS]   = { 0x80000008, 0, EBX, 2 },
    [CPU_CPPC]          = { 0x80000008, 0, EBX, 27 },
    [CPU_NPT]           = { 0x8000000a, 0, EDX, 0 },
    [CPU_PERF_MON_V2]   = { 0x80000022, 0, EAX, 0 },
};

STATIC_ASSERT (CPU_FEATURES <= 64);

/* Written by cpu_features_init() before other CPUs start, read-only afterwards */
static uint64_t         features;
static enum cpu_vendor  vendor;
static uint32_t         signature, leaf_max, leaf_max_ext;
static unsigned         paddr_bits = 36;
static char             brand[49];

bool            cpu_has (enum cpu_feature f)    { return features >> f & 1; }
enum cpu_vendor cpu_vendor (void)               { return vendor; }
uint32_t        cpu_signature (void)            { return signature; }
uint32_t        cpu_leaf_max (void)             { return leaf_max; }
INDIRECT_NEVER unsigned        cpu_paddr_bits (void)           { return paddr_bits; }

unsigned cpu_family (void)
{
    unsigned const family = signature >> 8 & 0xf;

    return family == 0xf ? family + (signature >> 20 & 0xff) : family;
}

unsigned cpu_model (void)
{
    unsigned const family = signature >> 8 & 0xf, model = signature >> 4 & 0xf;

    return family == 0x6 || family == 0xf ? model | (signature >> 12 & 0xf0) : model;
}

char const *cpu_brand (void)
{
    char const *s = brand;

    while (*s == ' ')
        s++;

    return s;
}

static bool leaf_exists (uint32_t leaf, uint32_t sub)
{
    if (leaf > (leaf & BIT (31) ? leaf_max_ext : leaf_max))
        return false;

    return leaf != 7 || sub <= cpuid (7, 0).eax;        /* leaf 7: EAX is the highest subleaf                   */
}

static void read_features (void)
{
    struct cpuid const none = { 0, 0, 0, 0 };
    struct cpuid r = none;

    for (unsigned i = 0; i < CPU_FEATURES; i++) {

        if (!i || feature[i].leaf != feature[i - 1].leaf || feature[i].sub != feature[i - 1].sub)
            r = leaf_exists (feature[i].leaf, feature[i].sub) ? cpuid (feature[i].leaf, feature[i].sub) : none;

        uint32_t const reg[] = { r.eax, r.ebx, r.ecx, r.edx };

        features |= (uint64_t)(reg[feature[i].reg] >> feature[i].bit & 1) << i;
    }
}

static void read_brand (void)
{
    if (leaf_max_ext < 0x80000004)
        return;

    for (unsigned i = 0; i < 3; i++) {

        struct cpuid const r = cpuid (0x80000002 + i, 0);
        uint32_t const reg[] = { r.eax, r.ebx, r.ecx, r.edx };

        for (unsigned j = 0; j < 16; j++)
            brand[i * 16 + j] = (char)(reg[j / 4] >> j % 4 * 8);
    }
}

void cpu_features_init (void)
{
    struct cpuid const r = cpuid (0, 0), x = cpuid (0x80000000, 0);

    leaf_max     = r.eax;
    leaf_max_ext = x.eax & BIT (31) ? x.eax : 0;
    signature    = cpuid (1, 0).eax;
    vendor       = CPU_VENDOR_OTHER;
    features     = 0;

    if (r.ebx == 0x756e6547 && r.edx == 0x49656e69 && r.ecx == 0x6c65746e)      /* GenuineIntel                 */
        vendor = CPU_VENDOR_INTEL;

    if ((r.ebx == 0x68747541 && r.edx == 0x69746e65 && r.ecx == 0x444d4163) ||  /* AuthenticAMD                 */
        (r.ebx == 0x6f677948 && r.edx == 0x6e65476e && r.ecx == 0x656e6975))    /* HygonGenuine                 */
        vendor = CPU_VENDOR_AMD;

    if (leaf_max_ext >= 0x80000008)
        paddr_bits = MIN (cpuid (0x80000008, 0).eax & 0xff, 52U);

    read_features();
    read_brand();
}

/*
 * Bits that this kernel decides; the others keep their value: PAE, LA57 and PCIDE belong to paging, VMXE, SMXE and CET to
 * code of their own. What user space could do with the cleared ones: VME and PVI nothing in 64-bit mode, TSD takes RDTSC
 * away, PCE gives RDPMC (pmu= sets it later), FSGSBASE moves the FS and GS bases past the kernel (a context switch would
 * have to save them), PKE brings a register that no context switch saves.
 */
#define CR4_DECIDED (CR4_VME | CR4_PVI | CR4_TSD | CR4_DE | CR4_MCE | CR4_PGE | CR4_PCE | CR4_OSFXSR | CR4_OSXMMEXCPT | \
                     CR4_UMIP | CR4_FSGSBASE | CR4_OSXSAVE | CR4_SMEP | CR4_SMAP | CR4_PKE | CR4_PKS)

void cpu_features_enable (void)
{
    uint64_t const cr4 = (cpu_has (CPU_MCE)   ? CR4_MCE                       : 0) |
                         (cpu_has (CPU_PGE)   ? CR4_PGE                       : 0) |
                         (cpu_has (CPU_FXSR)  ? CR4_OSFXSR                    : 0) |
                         (cpu_has (CPU_SSE)   ? CR4_OSXMMEXCPT                : 0) |
                         (cpu_has (CPU_XSAVE) ? CR4_OSXSAVE                   : 0) |
                         (cpu_has (CPU_UMIP)  ? CR4_UMIP                      : 0) |
                         (cpu_has (CPU_SMEP)  ? CR4_SMEP                      : 0) |
                         (cpu_has (CPU_SMAP)  ? CR4_SMAP                      : 0) | CR4_DE;

    assert (cpu_has (CPU_FXSR) && cpu_has (CPU_SYSCALL));   /* every CPU with 64-bit mode                       */

    /* LME and LMA stay. FFXSR would make FXSAVE at CPL 0 forget XMM registers (AMD APM 2, 3.1.7). */
    wrmsr (IA32_EFER, (rdmsr (IA32_EFER) & (EFER_LME | EFER_LMA)) | EFER_SCE | (cpu_has (CPU_NX) ? EFER_NXE : 0));

    /* MP and NE as for every processor with an FPU (SDM 3A, 10.2.1); WP keeps the kernel out of read-only pages */
    cr0_write ((cr0_read() & ~(uint64_t)(CR0_EM | CR0_NW | CR0_CD | CR0_AM)) | CR0_WP | CR0_NE | CR0_MP | CR0_TS);

    cr4_write ((cr4_read() & ~(uint64_t)CR4_DECIDED) | cr4);
}
