/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of a root task: SP points at the HIP (interface specification, 7.1.2), so there is no stack yet. */

        .section .text.start, "ax"
        .globl  _start
_start:
        mov     x2, sp                  /* HIP; X0 and X1 are what the boot loader passed */
        adrp    x3, stack_top
        add     x3, x3, :lo12:stack_top
        mov     sp, x3
        mov     x29, xzr
        mov     x30, xzr
        bl      start
        udf     #0

        .section .bss.stack, "aw", @nobits
        .balign 4096
        .skip   0x8000
stack_top:
