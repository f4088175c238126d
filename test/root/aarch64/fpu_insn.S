/* SPDX-License-Identifier: GPL-2.0-only */
#include <pairs.h>

        .section .text.fpu, "ax"
        .arch_extension simd

.macro ALL op
        PAIRS   \op, q, 16
        \op    q0, q1, [x0]
        \op    q30, q31, [x0, #480]
.endm

        .globl  fpu_load, fpu_save
fpu_load:
        ldp     x1, x2, [x0], #16
        msr     fpcr, x1
        msr     fpsr, x2
        ALL     ldp
        ret
fpu_save:
        mrs     x1, fpcr
        mrs     x2, fpsr
        stp     x1, x2, [x0], #16
        ALL     stp
        ret
