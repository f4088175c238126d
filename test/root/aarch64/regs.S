/* SPDX-License-Identifier: GPL-2.0-only */
#include <pairs.h>

        .section .text.regs, "ax"

.macro RUN name, insn:vararg
        .globl  \name, \name\()_at, \name\()_next
\name:
        stp     x29, x30, [sp, #-112]!
        stp     x19, x20, [sp, #16]
        stp     x21, x22, [sp, #32]
        stp     x23, x24, [sp, #48]
        stp     x25, x26, [sp, #64]
        stp     x27, x28, [sp, #80]
        str     x0, [sp, #96]
        mov     x1, sp
        str     x1, [x0, #264]
        ldr     x1, [x0, #256]
        msr     nzcv, x1
        PAIRS   ldp
        ldr     x30, [x0, #240]
        ldp     x0, x1, [x0]
\name\()_at:
        \insn
\name\()_next:
        stp     x0, x1, [sp, #-16]!
        ldr     x0, [sp, #16 + 96]
        PAIRS   stp
        str     x30, [x0, #240]
        mrs     x1, nzcv
        str     x1, [x0, #256]
        ldp     x2, x3, [sp], #16
        stp     x2, x3, [x0]
        mov     x1, sp
        str     x1, [x0, #248]
        ldp     x19, x20, [sp, #16]
        ldp     x21, x22, [sp, #32]
        ldp     x23, x24, [sp, #48]
        ldp     x25, x26, [sp, #64]
        ldp     x27, x28, [sp, #80]
        ldp     x29, x30, [sp], #112
        ret
.endm

/* Macros, for what has a comma or takes an address */
.macro READ_BELOW
        ldr     xzr, . - 0x80000
.endm
.macro USE_FPU
        fmov    d7, xzr
.endm
.macro MASK
        msr     daifset, 0xf
.endm
.macro SPIN
1:      adrp    x17, regs_go
        ldr     w17, [x17, #:lo12:regs_go]
        cbz     w17, 1b
.endm

        RUN     regs_syscall, svc 0
        RUN     regs_ud2, udf 0
        RUN     regs_brk, brk 0x123
        RUN     regs_svc2, svc 2
        RUN     regs_read, READ_BELOW
        .arch_extension fp
        RUN     regs_fmov, USE_FPU
        RUN     regs_daif, MASK
        RUN     regs_smc, svc 1
        RUN     regs_spin, SPIN

        .section .bss.regs, "aw", @nobits
        .balign 4
        .globl  regs_go
regs_go:
        .skip   4

        .section .note.GNU-stack, "", @progbits
