/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * EL3, if the kernel was entered there: nobody else is in it then, nor ever will be. Only the CPU that boots comes this way, since
 * firmware that starts others keeps EL3 for itself. What stays are vectors for secure monitor calls: with them, the kernel at EL2 can
 * still write what only the secure world may write (el3.h); to all others they say that there is no such service.
 *
 * It runs at its physical address with the MMU off. So its accesses are those of the secure world, and to Device memory.
 */
#include <el3.h>

#define ESR_SMC         0x5e000000                      /* SMC of AArch64: EC 0x17, IL                          */
#define NOT_SUPPORTED   -1                              /* SMC Calling Convention (Arm DEN 0028), 5.2           */

/* GIC system registers (IHI 0069, 12.2) */
#define ICC_CTLR_EL3    S3_6_C12_C12_4
#define ICC_SRE_EL3     S3_6_C12_C12_5
#define ICC_IGRPEN1_EL3 S3_6_C12_C12_7
#define SRE_ALL         0xf                             /* Enable: EL2 and EL1, too; DIB and DFB: no bypass; SRE */
#define IGRPEN1_NS      1

            .section .init, "ax", @progbits

/* What reset leaves unknown and EL2 depends on, besides what ENTER_EL2 does. Clobbers x9 */
            .globl  el3_prepare
el3_prepare:
            adr     x9, el3_vectors
            msr     vbar_el3, x9
            msr     mdcr_el3, xzr                       /* no traps of debug and performance registers              */
            mrs     x9, id_aa64pfr0_el1
            tst     x9, #0xf << 24                      /* GIC                                                      */
            b.eq    1f
            mov     x9, #SRE_ALL
            msr     ICC_SRE_EL3, x9
            isb
            msr     ICC_CTLR_EL3, xzr
            mov     x9, #IGRPEN1_NS
            msr     ICC_IGRPEN1_EL3, x9
1:          isb
            ret

            .balign 2048
el3_vectors:

/* From a lower EL: SMC. In: x0 = address, w1 = value. Out: w0 = what is read there afterwards. May clobber x0...x3 */
            .org    el3_vectors + 0x400
            mrs     x2, esr_el3
            ldr     w3, =ESR_SMC | EL3_WRITE
            cmp     w2, w3
            b.ne    1f
            str     w1, [x0]
            dsb     sy
            ldr     w0, [x0]
            dsb     sy
            eret
1:          mov     x0, #NOT_SUPPORTED
            ldr     w3, =ESR_SMC >> 26
            lsr     w2, w2, #26
            cmp     w2, w3
2:          b.ne    2b                                  /* nothing else can come, nor be said                        */
            eret
            .ltorg
            .org    el3_vectors + 0x480
