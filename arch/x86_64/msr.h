/* SPDX-License-Identifier: GPL-2.0-only */
/* Model-specific registers, named as in Intel SDM 4, 2.1; those marked AMD: AMD APM 2, appendix A. Shared with assembly. */
#pragma once

#define IA32_TIME_STAMP_COUNTER 0x10
#define IA32_PLATFORM_ID        0x17
#define IA32_APIC_BASE          0x1b
#define IA32_FEATURE_CONTROL    0x3a
#define IA32_TSC_ADJUST         0x3b
#define IA32_SPEC_CTRL          0x48
#define IA32_PRED_CMD           0x49
#define IA32_BIOS_SIGN_ID       0x8b
#define IA32_PMC0               0xc1                    /* + number of the counter                                  */
#define IA32_CORE_CAPABILITIES  0xcf
#define IA32_MPERF              0xe7
#define IA32_APERF              0xe8
#define IA32_MTRRCAP            0xfe
#define IA32_ARCH_CAPABILITIES  0x10a
#define IA32_FLUSH_CMD          0x10b
#define IA32_MCU_OPT_CTRL       0x123
#define IA32_SYSENTER_CS        0x174
#define IA32_SYSENTER_ESP       0x175
#define IA32_SYSENTER_EIP       0x176
#define IA32_MCG_CAP            0x179
#define IA32_MCG_STATUS         0x17a
#define IA32_PERFEVTSEL0        0x186                   /* + number of the counter                                  */
#define IA32_OVERCLOCKING_STATUS 0x195
#define IA32_PERF_STATUS        0x198
#define IA32_THERM_STATUS       0x19c
#define IA32_MISC_ENABLE        0x1a0
#define IA32_PACKAGE_THERM_STATUS 0x1b1
#define IA32_PAT                0x277
#define IA32_MTRR_DEF_TYPE      0x2ff
#define IA32_FIXED_CTR0         0x309                   /* + number of the counter                                  */
#define IA32_FIXED_CTR_CTRL     0x38d
#define IA32_PERF_GLOBAL_CTRL   0x38f
#define IA32_VMX_PROCBASED_CTLS 0x482
#define IA32_VMX_PROCBASED_CTLS2 0x48b
#define IA32_VMX_EPT_VPID_CAP   0x48c
#define IA32_U_CET              0x6a0
#define IA32_S_CET              0x6a2
#define IA32_PL0_SSP            0x6a4
#define IA32_PL3_SSP            0x6a7
#define IA32_INTERRUPT_SSP_TABLE_ADDR 0x6a8
#define IA32_TSC_DEADLINE       0x6e0
#define IA32_PKRS               0x6e1
#define IA32_X2APIC_BASE        0x800                   /* + xAPIC offset / 16 (SDM 3A, 11.12.1.2)              */
#define IA32_XSS                0xda0
#define IA32_EFER               0xc0000080
#define IA32_STAR               0xc0000081
#define IA32_LSTAR              0xc0000082
#define IA32_CSTAR              0xc0000083
#define IA32_FMASK              0xc0000084
#define IA32_FS_BASE            0xc0000100
#define IA32_GS_BASE            0xc0000101
#define IA32_KERNEL_GS_BASE     0xc0000102
#define IA32_TSC_AUX            0xc0000103
#define PERF_CNTR_GLOBAL_CTL    0xc0000301              /* AMD */
#define PERF_LEGACY_CTL0        0xc0010000              /* AMD, + number of the counter                             */
#define PERF_LEGACY_CTR0        0xc0010004
#define HWCR                    0xc0010015              /* AMD */
#define PSTATE_CURRENT_LIMIT    0xc0010061              /* AMD */
#define VM_CR                   0xc0010114              /* AMD */
#define PERF_CTL0               0xc0010200              /* AMD, + 2 * number of the counter                         */
#define PERF_CTR0               0xc0010201
#define CPPC_ENABLE             0xc00102b1              /* AMD */

/* IA32_APIC_BASE (SDM 3A, 11.4.4 and 11.12.1) */
#define APIC_BASE_BSP           0x100
#define APIC_BASE_EXTD          0x400
#define APIC_BASE_EN            0x800

/* IA32_FEATURE_CONTROL (SDM 3C, 24.7) and VM_CR (AMD APM 2, 15.30.1): how firmware leaves virtualization */
#define FEATURE_CONTROL_LOCK    0x1
#define FEATURE_CONTROL_VMX     0x4                     /* outside SMX                                              */
#define VM_CR_SVMDIS            0x10

/* IA32_PERFEVTSELx (SDM 3B, 20.2.1.1) and PERF_CTLx (AMD APM 2, 13.2.1): event in bits 7:0, unit mask in 15:8 */
#define PERFEVTSEL_USR          0x10000
#define PERFEVTSEL_OS           0x20000
#define PERFEVTSEL_EN           0x400000

/* IA32_EFER (SDM 4, 2.1; AMD APM 2, 3.1.7 for the AMD bits) */
#define EFER_SCE                0x1
#define EFER_LME                0x100
#define EFER_LMA                0x400
#define EFER_NXE                0x800
#define EFER_SVME               0x1000                  /* AMD */
#define EFER_FFXSR              0x4000                  /* AMD: FXSAVE at CPL 0 leaves XMM registers out */

#ifndef __ASSEMBLY__

#include <base/types.h>

static inline uint64_t rdmsr (uint32_t msr)
{
    uint32_t lo, hi;
    __asm__ volatile ("rdmsr" : "=a" (lo), "=d" (hi) : "c" (msr));
    return (uint64_t)hi << 32 | lo;
}

/* The memory clobber orders the compiler only; serialization is the caller's (SDM 3A, 9.3 and 11.12.3) */
static inline void wrmsr (uint32_t msr, uint64_t val)
{
    __asm__ volatile ("wrmsr" : : "c" (msr), "a" ((uint32_t)val), "d" ((uint32_t)(val >> 32)) : "memory");
}

#endif
