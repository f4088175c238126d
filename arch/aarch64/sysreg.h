/* SPDX-License-Identifier: GPL-2.0-only */
/* System registers: access by name, and the bits that the kernel sets (Arm ARM, D17). Usable in assembly. */
#pragma once

/* HCR_EL2 */
#define HCR_VM              (1 << 0)                    /* stage 2 is on                                        */
#define HCR_DC              (1 << 12)                   /* stage 1 of EL1&0 gives Normal memory, write-back     */
#define HCR_TGE_BIT         27                          /* exceptions of EL0 go to EL2; stage 1 of EL1&0 is off */
#define HCR_RW_BIT          31                          /* EL1 is AArch64                                       */
#define HCR_E2H_BIT         34                          /* EL2 and EL0 share a translation regime, of two ranges: VHE */

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

/* SCTLR_EL1, which rules EL0 even if TGE takes stage 1 away. What EL0 may do: cache maintenance, DC ZVA, reading CTR_EL0 */
#define SCTLR1_RES1         0x30d00800
#define SCTLR1_SA0          (1 << 4)
#define SCTLR1_DZE          (1 << 14)
#define SCTLR1_UCT          (1 << 15)
#define SCTLR1_UCI          (1 << 26)

/* MAIR_EL2: index 0 device nGnRE, 1 Normal write-back */
#define MAIR_VALUE          0xff04
#define MAIR_DEVICE         0
#define MAIR_NORMAL         1

/* TCR_EL2: T0SZ 16, tables in inner and outer write-back, inner shareable memory, 4 KiB granule; PS comes from ID_AA64MMFR0_EL1 */
#define TCR_RES1            0x80800000
#define TCR_T0SZ            16
#define TCR_EPD0            (1 << 7)                    /* with VHE only: no walks for the lower range          */
#define TCR_IRGN0_WB        (1 << 8)
#define TCR_ORGN0_WB        (1 << 10)
#define TCR_SH0_INNER       (3 << 12)
#define TCR_VALUE           (TCR_T0SZ | TCR_IRGN0_WB | TCR_ORGN0_WB | TCR_SH0_INNER)

/* VTCR_EL2: the same for stage 2; SL0 and T0SZ by the number of address bits */
#define VTCR_RES1           (1U << 31)
#define VTCR_VS             (1 << 19)                   /* 16-bit VMIDs                                         */

/* CPTR_EL2 without VHE */
#define CPTR_RES1           0x32ff
#define CPTR_TZ             (1 << 8)                    /* SVE traps; RES1 without it                           */
#define CPTR_TFP            (1 << 10)                   /* FPU and SIMD trap                                    */
#define CPTR_TTA            (1 << 20)                   /* trace registers trap                                 */
#define CPTR_TAM            (1 << 30)                   /* activity monitors trap                               */

/* MDCR_EL2: what traps of EL0. TGE implies those of the debug registers; performance counters need their own */
#define MDCR_TPMCR          (1 << 5)
#define MDCR_TPM            (1 << 6)

/* SPSR_EL2, PSTATE */
#define PSTATE_F            (1 << 6)
#define PSTATE_I            (1 << 7)
#define PSTATE_A            (1 << 8)
#define PSTATE_D            (1 << 9)
#define PSTATE_EL2H         9
#define PSTATE_NZCV         0xf0000000

/* ESR_EL2 */
#define ESR_EC_SHIFT        26
#define ESR_SVC0            0x56000000                  /* SVC #0 of AArch64: EC 0x15, IL                       */
#define ESR_SVC1            0x56000001

#ifndef __ASSEMBLY__
#include <stdint.h>

#define HCR_RW              (UINT64_C (1) << HCR_RW_BIT)
#define HCR_TGE             (UINT64_C (1) << HCR_TGE_BIT)
#define HCR_E2H             (UINT64_C (1) << HCR_E2H_BIT)

#define sysreg_read(name)                                                       \
    ({ uint64_t v_; __asm__ volatile ("mrs %0, " #name : "=r" (v_)); v_; })

#define sysreg_write(name, value)                                               \
    do { uint64_t const w_ = (value); __asm__ volatile ("msr " #name ", %x0" : : "rZ" (w_) : "memory"); } while (0)

static inline void isb (void) { __asm__ volatile ("isb" : : : "memory"); }

#define dsb(domain) __asm__ volatile ("dsb " #domain : : : "memory")
#endif
