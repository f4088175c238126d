/* SPDX-License-Identifier: GPL-2.0-only */

        .section .text.fpu, "ax"
        .globl  fpu_load, fpu_save
fpu_load:
        fxrstor64 (%rdi)
        ret
fpu_save:
        fxsave64 (%rdi)
        ret
