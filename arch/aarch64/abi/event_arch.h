/* SPDX-License-Identifier: GPL-2.0-only */
/* Event-specific selectors on aarch64 (interface specification, 7.6): exception classes of ESR_EL2. Shared with user space. */
#pragma once

enum {
    EVENT_HST_ARCH      = 64,                           /* SELHST/ARCH: exception classes 0x00...0x3f           */
    EVENT_HST_NOVA      = 2,                            /* SELHST/NOVA: startup, recall                         */
    EVENT_GST_ARCH      = 64,                           /* SELGST/ARCH: exception classes 0x00...0x3f           */
    EVENT_GST_NOVA      = 3,                            /* SELGST/NOVA: startup, recall, virtual timer          */
    EVENT_STARTUP       = 0,                            /* added to SELHST/ARCH or SELGST/ARCH                  */
    EVENT_RECALL        = 1,
    EVENT_VTIMER        = 2,                            /* guests only                                          */

    EXC_UNKNOWN         = 0x00,                         /* unknown reason, for example an undefined instruction */
    EXC_WFX             = 0x01,                         /* trapped WFI or WFE                                   */
    EXC_CP15            = 0x03,                         /* trapped MCR or MRC                                   */
    EXC_CP15_64         = 0x04,                         /* trapped MCRR or MRRC                                 */
    EXC_CP14            = 0x05,                         /* trapped MCR or MRC                                   */
    EXC_CP14_LS         = 0x06,                         /* trapped LDC or STC                                   */
    EXC_FPU             = 0x07,                         /* SME, SVE, SIMD, FPU access                           */
    EXC_VMRS            = 0x08,                         /* trapped VMRS access                                  */
    EXC_PAUTH           = 0x09,                         /* trapped pointer authentication instruction           */
    EXC_LS64            = 0x0a,                         /* trapped LD64B or ST64B                               */
    EXC_CP14_64         = 0x0c,                         /* trapped MRRC                                         */
    EXC_BTI             = 0x0d,                         /* branch target exception                              */
    EXC_ILLEGAL         = 0x0e,                         /* illegal execution state                              */
    EXC_SVC32           = 0x11,                         /* SVC from AArch32                                     */
    EXC_HVC32           = 0x12,                         /* HVC from AArch32                                     */
    EXC_SMC32           = 0x13,                         /* SMC from AArch32                                     */
    EXC_SVC             = 0x15,                         /* SVC from AArch64: #0 is a hypercall and no event     */
    EXC_HVC             = 0x16,                         /* HVC from AArch64                                     */
    EXC_SMC             = 0x17,                         /* SMC from AArch64                                     */
    EXC_SYSREG          = 0x18,                         /* trapped MSR, MRS or system instruction               */
    EXC_SVE             = 0x19,                         /* trapped SVE                                          */
    EXC_ERET            = 0x1a,                         /* trapped ERET                                         */
    EXC_TSTART          = 0x1b,                         /* TSTART                                               */
    EXC_PAC             = 0x1c,                         /* pointer authentication failed                        */
    EXC_SME             = 0x1d,                         /* trapped SME                                          */
    EXC_GPC             = 0x1e,                         /* granule protection                                   */
    EXC_IABT            = 0x20,                         /* instruction abort, lower exception level             */
    EXC_IABT_SAME       = 0x21,                         /* instruction abort, same exception level              */
    EXC_PC_ALIGN        = 0x22,                         /* PC alignment fault                                   */
    EXC_DABT            = 0x24,                         /* data abort, lower exception level                    */
    EXC_DABT_SAME       = 0x25,                         /* data abort, same exception level                     */
    EXC_SP_ALIGN        = 0x26,                         /* SP alignment fault                                   */
    EXC_MOPS            = 0x27,                         /* memory operation exception                           */
    EXC_FPE32           = 0x28,                         /* trapped FPU exception, AArch32                       */
    EXC_FPE             = 0x2c,                         /* trapped FPU exception, AArch64                       */
    EXC_SERROR          = 0x2f,                         /* SError                                               */
    EXC_BREAK           = 0x30,                         /* breakpoint, lower exception level                    */
    EXC_BREAK_SAME      = 0x31,                         /* breakpoint, same exception level                     */
    EXC_STEP            = 0x32,                         /* software step, lower exception level                 */
    EXC_STEP_SAME       = 0x33,                         /* software step, same exception level                  */
    EXC_WATCH           = 0x34,                         /* watchpoint, lower exception level                    */
    EXC_WATCH_SAME      = 0x35,                         /* watchpoint, same exception level                     */
    EXC_BKPT32          = 0x38,                         /* BKPT, AArch32                                        */
    EXC_VECTOR32        = 0x3a,                         /* vector catch, AArch32                                */
    EXC_BRK             = 0x3c,                         /* BRK, AArch64                                         */
};
