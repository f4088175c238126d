/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Message Transfer Descriptor of architectural IPC on aarch64 (interface specification, 7.7.4). Shared with user space and
 * documentation: access (r: register to UTCB, w: UTCB to register); state of a host EC; state of a guest EC.
 */
#pragma once

#include <stdint.h>

#define MTD_POISON          (UINT32_C (1) <<  0)  /* w; kills the EC; kills the EC                             */
#define MTD_ICI             (UINT32_C (1) <<  1)  /* w; invalidates a VIPT instruction cache of this CPU; the same */
#define MTD_GPR             (UINT32_C (1) <<  2)  /* rw; X0...X30; X0...X30                                    */
#define MTD_FPR             (UINT32_C (1) <<  3)  /* -; -; named, without a meaning                            */
#define MTD_EL0_SP          (UINT32_C (1) <<  4)  /* rw; SP_EL0; SP_EL0                                        */
#define MTD_EL0_IDR         (UINT32_C (1) <<  5)  /* rw; TPIDR_EL0, TPIDRRO_EL0; TPIDR_EL0, TPIDRRO_EL0        */
#define MTD_A32_SPSR        (UINT32_C (1) <<  7)  /* rw; -; SPSR_ABT, SPSR_FIQ, SPSR_IRQ, SPSR_UND             */
#define MTD_A32_DIH         (UINT32_C (1) <<  8)  /* rw; -; DACR, IFSR, HSTR                                   */
#define MTD_EL1_SP          (UINT32_C (1) << 10)  /* rw; -; SP_EL1                                             */
#define MTD_EL1_IDR         (UINT32_C (1) << 11)  /* rw; -; TPIDR_EL1, CONTEXTIDR_EL1                          */
#define MTD_EL1_ELR_SPSR    (UINT32_C (1) << 12)  /* rw; -; ELR_EL1, SPSR_EL1                                  */
#define MTD_EL1_ESR_FAR     (UINT32_C (1) << 13)  /* rw; -; ESR_EL1, FAR_EL1                                   */
#define MTD_EL1_AFSR        (UINT32_C (1) << 14)  /* rw; -; AFSR0_EL1, AFSR1_EL1                               */
#define MTD_EL1_TTBR        (UINT32_C (1) << 15)  /* rw; -; TTBR0_EL1, TTBR1_EL1                               */
#define MTD_EL1_TCR         (UINT32_C (1) << 16)  /* rw; -; TCR_EL1                                            */
#define MTD_EL1_MAIR        (UINT32_C (1) << 17)  /* rw; -; MAIR_EL1, AMAIR_EL1                                */
#define MTD_EL1_VBAR        (UINT32_C (1) << 18)  /* rw; -; VBAR_EL1                                           */
#define MTD_EL1_SCTLR       (UINT32_C (1) << 19)  /* rw; -; SCTLR_EL1                                          */
#define MTD_EL1_MDSCR       (UINT32_C (1) << 20)  /* rw; -; MDSCR_EL1                                          */
#define MTD_EL2_HCR         (UINT32_C (1) << 23)  /* rw; -; HCR_EL2, HCRX_EL2                                  */
#define MTD_EL2_IDR         (UINT32_C (1) << 24)  /* rw; -; VPIDR_EL2, VMPIDR_EL2                              */
#define MTD_EL2_ELR_SPSR    (UINT32_C (1) << 25)  /* rw; ELR_EL2, SPSR_EL2, writable: N Z C V; ELR_EL2, SPSR_EL2 */
#define MTD_EL2_ESR_FAR     (UINT32_C (1) << 26)  /* r; ESR_EL2, FAR_EL2; ESR_EL2, FAR_EL2                     */
#define MTD_EL2_HPFAR       (UINT32_C (1) << 27)  /* r; -; HPFAR_EL2                                           */
#define MTD_TMR             (UINT32_C (1) << 29)  /* rw; -; CNTV_CVAL_EL0, CNTV_CTL_EL0, CNTKCTL_EL1, CNTVOFF_EL2 */
#define MTD_GIC             (UINT32_C (1) << 30)  /* rw; -; LR, AP0R, AP1R (rw), ELRSR, VMCR (r)               */
#define MTD_SPACES          (UINT32_C (1) << 31)  /* w; -; SEL_GST                                             */
