/* SPDX-License-Identifier: GPL-2.0-only */
/* System registers: access by name, and the bits that the kernel sets (Arm ARM, D17). Usable in assembly. */
#pragma once

/* HCR_EL2 */
#define HCR_VM              (1 << 0)                    /* stage 2 is on                                        */
#define HCR_DC              (1 << 12)                   /* stage 1 of EL1&0 gives Normal memory, write-back     */
#define HCR_TGE             0x8000000                   /* exceptions of EL0 go to EL2; stage 1 of EL1&0 is off */
#define HCR_RW              0x80000000                  /* EL1 is AArch64                                       */
#define HCR_E2H_BIT         34                          /* VHE: EL2 and EL0 have one regime, with two ranges    */
#define HCR_E2H             0x400000000
#define HCR_VHE             (HCR_RW | HCR_TGE | HCR_E2H)

/* Registers and fields that an assembler for Armv8.0 does not know by name */
#define TTBR1_EL2           S3_4_C2_C0_1
#define PAN_REG             S3_0_C4_C2_3
#define ID_AA64MMFR4_EL1    S3_0_C0_C7_4
#define MMFR4_E2H0_SIGN     27                          /* HCR_EL2.E2H is always 1                                  */
#define MMFR1_VH            (0xf << 8)

/* SCTLR_EL2 */
#define SCTLR_RES1          0x30c50830
#define SCTLR_M             (1 << 0)
#define SCTLR_A             (1 << 1)
#define SCTLR_C             (1 << 2)
#define SCTLR_SA            (1 << 3)
#define SCTLR_I             (1 << 12)
#define SCTLR_WXN           (1 << 19)
#define SCTLR_ENDB          (1 << 13)                   /* keys of PAC: those for data, and B for instructions      */
#define SCTLR_ENDA          (1 << 27)
#define SCTLR_ENIB          (1 << 30)
#define SCTLR_ENIA          (UINT64_C (1) << 31)        /* PACIASP and AUTIASP are no NOPs                          */
#define SCTLR_BT            (UINT64_C (1) << 36)        /* a jump must not arrive at PACIASP; a call may                */
#define SCTLR_KERNEL        (SCTLR_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR_WXN)

/* SCTLR_EL2 with VHE: rules EL0, too, as SCTLR_EL1 does below. SPAN is 0, so every entry sets PAN; WXN would be for the user, too */
#define SCTLR_VHE_RES1      0x30500800
#define SCTLR_EPAN          (UINT64_C (1) << 57)        /* PAN counts for pages that EL0 may only execute           */
#define SCTLR_VHE           (SCTLR_VHE_RES1 | SCTLR_M | SCTLR_C | SCTLR_SA | SCTLR_I | SCTLR1_SA0 | SCTLR1_DZE | SCTLR1_UCT | SCTLR1_UCI)

/* SCTLR_EL1, which rules EL0 even if TGE takes stage 1 away. What EL0 may do: cache maintenance, DC ZVA, reading CTR_EL0 */
#define SCTLR1_RES1         0x30d00800
#define SCTLR1_SA0          (1 << 4)
#define SCTLR1_DZE          (1 << 14)
#define SCTLR1_UCT          (1 << 15)
#define SCTLR1_UCI          (1 << 26)

/* MAIR_EL2: the index is the cacheability of a MAD. Device nGnRnE, nGnRE, nGRE, GRE, -, Normal non-cacheable, write-through, write-back */
#define MAIR_VALUE          0xffbb44000c080400
#define MAIR_DEVICE         1
#define MAIR_NORMAL         7

/* TCR_EL2: T0SZ 16, tables in inner and outer write-back, inner shareable memory, 4 KiB granule; PS comes from ID_AA64MMFR0_EL1 */
#define TCR_RES1            0x80800000
#define TCR_T0SZ            16
#define TCR_EPD0            (1 << 7)                    /* with VHE only: no walks for the lower range          */
#define TCR_IRGN0_WB        (1 << 8)
#define TCR_ORGN0_WB        (1 << 10)
#define TCR_SH0_INNER       (3 << 12)
#define TCR_VALUE           (TCR_T0SZ | TCR_IRGN0_WB | TCR_ORGN0_WB | TCR_SH0_INNER)

/* TCR_EL2 with VHE: two ranges, the second one with T1SZ 16; ASIDs in TTBR0_EL2; IPS comes from ID_AA64MMFR0_EL1 */
#define TCR_T0SZ_MASK       0x3f
#define TCR_EPD0            (1 << 7)                    /* no walks of the first range                              */
#define TCR_AS              (UINT64_C (1) << 36)        /* 16-bit ASIDs                                             */
#define TCR_E0PD1           (UINT64_C (1) << 56)        /* EL0 does not walk the second range (FEAT_E0PD)           */
#define TCR_IPS_SHIFT       32
#define TCR_T1              0xb5100000                  /* T1SZ, IRGN1, ORGN1, SH1 as above; TG1: 4 KiB         */
#define TCR_VHE             (TCR_VALUE | TCR_T1)

/* VTCR_EL2: the same for stage 2; what depends on the number of address bits: vtcr.c */
#define VTCR_RES1           (1U << 31)
#define VTCR_VS             (1 << 19)                   /* 16-bit VMIDs                                         */
#define VTCR_DS             (UINT64_C (1) << 32)        /* descriptors of FEAT_LPA2; all pages have SH0's shareability */

/* CPTR_EL2. With VHE it has the layout of CPACR_EL1: what is 0 traps FPU, SVE and SME */
#define CPTR_RES1           0x32ff
#define CPTR_VHE_FPEN       (3 << 20)                   /* FPU and SIMD do not trap                                 */
#define CPTR_VHE_TTA        (1 << 28)                   /* trace registers trap                                     */
#define CPTR_TZ             (1 << 8)                    /* SVE traps; RES1 without it                           */
#define CPTR_TFP            (1 << 10)                   /* FPU and SIMD trap                                    */
#define CPTR_TTA            (1 << 20)                   /* trace registers trap                                 */
#define CPTR_TAM            (1 << 30)                   /* activity monitors trap                               */

/* CNTHCTL_EL2 with VHE: what EL0 may do, as CNTKCTL_EL1 has it */
#define CNTHCTL_EL0VCTEN    (1 << 1)                    /* CNTVCT_EL0 and CNTFRQ_EL0                            */

/* MDCR_EL2: what traps of EL0. TGE implies those of the debug registers; performance counters need their own. HPMN: how many counters
 * are EL0's and EL1's; HPMD and HCCD, which would keep these from counting at EL2, are 0 */
#define MDCR_HPMN_MASK      0x1f
#define MDCR_TPMCR          (1 << 5)
#define MDCR_TPM            (1 << 6)

/* Performance counters (D17.5) */
#define DFR0_PMUVER_SHIFT   8
#define PMUVER_NONE         0
#define PMUVER_V3P5         6                           /* FEAT_PMUv3p5: event counters have 64 bits                */
#define PMUVER_IMPDEF       0xf                         /* counters, but not those of the architecture              */
#define PMCR_E              (1 << 0)                    /* all counters of EL0 and EL1 are on                       */
#define PMCR_P              (1 << 1)                    /* event counters become 0                                  */
#define PMCR_C              (1 << 2)                    /* the cycle counter does                                   */
#define PMCR_LC             (1 << 6)                    /* the cycle counter has 64 bits                            */
#define PMCR_LP             (1 << 7)                    /* and so do event counters, with FEAT_PMUv3p5              */
#define PMCR_N_SHIFT        11
#define PMEVTYPER_NSH       (1 << 27)                   /* counts at EL2, too; also in PMCCFILTR_EL0                */
#define PMUSERENR_CR        (1 << 2)                    /* EL0 reads the cycle counter                              */
#define PMUSERENR_ER        (1 << 3)                    /* and event counters; it chooses by PMSELR_EL0             */

/* SPSR_EL2, PSTATE */
#define PSTATE_F            (1 << 6)
#define PSTATE_I            (1 << 7)
#define PSTATE_A            (1 << 8)
#define PSTATE_D            (1 << 9)
#define PSTATE_PAN          (1 << 22)
#define PSTATE_EL2H         9
#define PSTATE_NZCV         0xf0000000

/* ESR_EL2 */
#define ESR_EC_SHIFT        26
#define ESR_SVC0            0x56000000                  /* SVC #0 of AArch64: EC 0x15, IL                       */
#define ESR_SVC1            0x56000001

#ifndef __ASSEMBLY__
#include <stdint.h>

#define sysreg_read(name)                                                       \
    ({ uint64_t v_; __asm__ volatile ("mrs %0, " #name : "=r" (v_)); v_; })

#define sysreg_write(name, value)                                               \
    do { uint64_t const w_ = (value); __asm__ volatile ("msr " #name ", %x0" : : "rZ" (w_) : "memory"); } while (0)

static inline void isb (void) { __asm__ volatile ("isb" : : : "memory"); }

#define dsb(domain)         __asm__ volatile ("dsb " #domain : : : "memory")
#define tlbi(op)            __asm__ volatile ("tlbi " #op : : : "memory")
#define tlbi_with(op, v)    __asm__ volatile ("tlbi " #op ", %0" : : "r" (v) : "memory")
#endif
