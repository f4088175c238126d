/* SPDX-License-Identifier: GPL-2.0-only */
/* What the boot CPU reports through CPUID, read once. Other CPUs are taken to be equal. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

enum cpu_feature {
    CPU_MCE, CPU_PGE, CPU_FXSR, CPU_SSE,                /* 1.EDX                                                */
    CPU_VMX, CPU_EIST, CPU_PCID, CPU_X2APIC, CPU_TSC_DEADLINE, CPU_XSAVE, CPU_HYPERVISOR,   /* 1.ECX            */
    CPU_TURBO, CPU_ARAT, CPU_HWP,                       /* 6.EAX. ARAT: APIC timer runs in deep C-states        */
    CPU_FSGSBASE, CPU_TSC_ADJUST, CPU_SMEP, CPU_ERMS, CPU_INVPCID, CPU_RDT_A, CPU_SMAP,     /* 7.EBX            */
    CPU_UMIP, CPU_PKU, CPU_CET_SS, CPU_LA57, CPU_RDPID, CPU_PKS,                            /* 7.ECX            */
    CPU_FSRM, CPU_HYBRID, CPU_CET_IBT,                  /* 7.EDX                                                */
    CPU_CET_SSS,                                        /* 7/1.EDX                                              */
    CPU_XSAVEOPT, CPU_XSAVEC, CPU_XSAVES,               /* D/1.EAX                                              */
    CPU_SVM, CPU_PERF_CTR_EXT,                          /* 80000001.ECX                                         */
    CPU_SYSCALL, CPU_NX, CPU_PDPE1GB, CPU_RDTSCP,       /* 80000001.EDX                                         */
    CPU_HW_PSTATE, CPU_INVARIANT_TSC, CPU_CPB,          /* 80000007.EDX. AMD: P-states, core performance boost  */
    CPU_FP_ERR_PTRS, CPU_CPPC,                          /* 80000008.EBX, AMD: FXRSTOR and XRSTOR always load them; CPPC */
    CPU_NPT,                                            /* 8000000A.EDX: nested paging; the leaf means this with CPU_SVM */
    CPU_PERF_MON_V2,                                    /* 80000022.EAX, AMD: the leaf tells how many counters there are */
    CPU_FEATURES
};

enum cpu_vendor { CPU_VENDOR_OTHER, CPU_VENDOR_INTEL, CPU_VENDOR_AMD };     /* AMD includes Hygon               */

/* Boot CPU, before everything else of this header */
void cpu_features_init (void);

/* Every CPU, before it loads a page table with XD set: CR0, CR4 and IA32_EFER get their lasting values */
void cpu_features_enable (void);

bool cpu_has (enum cpu_feature);

enum cpu_vendor cpu_vendor (void);
uint32_t    cpu_signature (void);                       /* CPUID 1.EAX: type, family, model, stepping           */
unsigned    cpu_family (void);                          /* with the extended fields added (SDM 2A, CPUID)       */
unsigned    cpu_model (void);
uint32_t    cpu_leaf_max (void);                        /* highest basic CPUID leaf                             */
INDIRECT_NEVER unsigned    cpu_paddr_bits (void);       /* physical-address width, SDM 3A, 4.1.4                */
char const *cpu_brand (void);                           /* without leading blanks, may be empty                 */
