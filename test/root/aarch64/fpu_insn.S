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
        ALL     ldp
        add     x0, x0, #512
        ldp     x1, x2, [x0]
        msr     fpcr, x1
        msr     fpsr, x2
        ret
fpu_save:
        ALL     stp
        mrs     x1, fpcr
        mrs     x2, fpsr
        add     x0, x0, #512
        stp     x1, x2, [x0]
        ret

        .section .note.GNU-stack, "", @progbits
