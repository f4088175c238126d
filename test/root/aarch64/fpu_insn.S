/* SPDX-License-Identifier: GPL-2.0-only */

        .section .text.fpu, "ax"
        .arch_extension simd
        .altmacro

.macro PAIR op, i, j
        \op     q\i, q\j, [x0, #16 * \i]
.endm

.macro PAIRS op
        .irp    i, 0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30
        PAIR    \op, \i, %(\i + 1)
        .endr
.endm

        .globl  fpu_load, fpu_save
fpu_load:
        PAIRS   ldp
        ldr     x1, [x0, #512]
        msr     fpcr, x1
        ldr     x1, [x0, #520]
        msr     fpsr, x1
        ret
fpu_save:
        PAIRS   stp
        mrs     x1, fpcr
        str     x1, [x0, #512]
        mrs     x1, fpsr
        str     x1, [x0, #520]
        ret

        .section .note.GNU-stack, "", @progbits
