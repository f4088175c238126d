/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Message Transfer Descriptor of architectural IPC on x86 (interface specification, 8.7.4). Shared with user space and documentation:
 * access (r: register to UTCB, w: UTCB to register); state of a host EC; state of a guest EC.
 */
#pragma once

#include <stdint.h>

#define MTD_POISON      (UINT32_C (1) <<  0)  /* w; kills the EC; kills the EC                             */
#define MTD_GPR_0_7     (UINT32_C (1) <<  1)  /* rw; R0...R7; R0...R7                                      */
#define MTD_GPR_8_15    (UINT32_C (1) <<  2)  /* rw; R8...R15; R8...R15                                    */
#define MTD_RFLAGS      (UINT32_C (1) <<  3)  /* rw; RFLAGS, writable: CF PF AF ZF SF OF DF; RFLAGS        */
#define MTD_RIP         (UINT32_C (1) <<  4)  /* rw; RIP; RIP, instruction length and information          */
#define MTD_STA         (UINT32_C (1) <<  5)  /* rw; -; interruptibility and activity state                */
#define MTD_QUAL        (UINT32_C (1) <<  6)  /* r; error code, page-fault address; all qualifications     */
#define MTD_CTRL        (UINT32_C (1) <<  7)  /* w; -; execution controls, intercepts                        */
#define MTD_TPR         (UINT32_C (1) <<  8)  /* w; -; TPR threshold                                       */
#define MTD_INJ         (UINT32_C (1) <<  9)  /* rw; -; interruption (rw) and IDT vectoring (r)            */
#define MTD_CS_SS       (UINT32_C (1) << 10)  /* rw; -; CS, SS                                             */
#define MTD_DS_ES       (UINT32_C (1) << 11)  /* rw; -; DS, ES                                             */
#define MTD_FS_GS       (UINT32_C (1) << 12)  /* rw; -; FS, GS                                             */
#define MTD_TR          (UINT32_C (1) << 13)  /* rw; -; TR                                                 */
#define MTD_LDTR        (UINT32_C (1) << 14)  /* rw; -; LDTR                                               */
#define MTD_GDTR        (UINT32_C (1) << 15)  /* rw; -; GDTR                                               */
#define MTD_IDTR        (UINT32_C (1) << 16)  /* rw; -; IDTR                                               */
#define MTD_PDPTE       (UINT32_C (1) << 17)  /* rw; -; PDPTE 0...3                                        */
#define MTD_CR          (UINT32_C (1) << 18)  /* rw; -; CR0, CR2, CR3, CR4, CR8                            */
#define MTD_DR          (UINT32_C (1) << 19)  /* rw; -; DR7                                                */
#define MTD_XSAVE       (UINT32_C (1) << 20)  /* rw; -; XCR0, IA32_XSS                                     */
#define MTD_APIC        (UINT32_C (1) << 21)  /* w; -; IA32_APIC_BASE                                      */
#define MTD_SYSCALL     (UINT32_C (1) << 22)  /* rw; -; IA32_STAR, LSTAR, FMASK                            */
#define MTD_SYSENTER    (UINT32_C (1) << 23)  /* rw; -; IA32_SYSENTER_CS, ESP, EIP                         */
#define MTD_PAT         (UINT32_C (1) << 24)  /* rw; -; IA32_PAT                                           */
#define MTD_EFER        (UINT32_C (1) << 25)  /* rw; -; IA32_EFER                                          */
#define MTD_KERNEL_GS   (UINT32_C (1) << 26)  /* rw; -; IA32_KERNEL_GS_BASE                                */
#define MTD_TSC         (UINT32_C (1) << 27)  /* rw; -; IA32_TSC_AUX                                       */
#define MTD_TLB         (UINT32_C (1) << 29)  /* w; -; invalidates the TLB of the virtual CPU              */
#define MTD_FPU         (UINT32_C (1) << 30)  /* -; -; named, without a meaning                            */
#define MTD_SPACES      (UINT32_C (1) << 31)  /* w; -; SEL_GST, SEL_PIO, SEL_MSR                           */
