/* SPDX-License-Identifier: GPL-2.0-only */
#include <pairs.h>

        .section .text.regs, "ax"

/* What C wants back */
.macro KEEP op
        .set    at, 16
        .irp    i, 19, 21, 23, 25, 27
        KEEP2   \op, \i, %(\i + 1)
        .set    at, at + 16
        .endr
.endm
.macro KEEP2 op, i, j
        \op    x\i, x\j, [sp, #at]
.endm

.macro RUN name, insn
        .globl  \name, \name\()_at, \name\()_next
\name:
        stp     x29, x30, [sp, #-112]!
        KEEP    stp
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
        KEEP    ldp
        ldp     x29, x30, [sp], #112
        ret
.endm

.macro SPIN
1:      adrp    x17, regs_go
        ldr     w17, [x17, #:lo12:regs_go]
        cbz     w17, 1b
.endm

        RUN     regs_syscall, <svc 0>
        RUN     regs_ud2, <udf 0>
        RUN     regs_brk, <brk 0x123>
        RUN     regs_svc2, <svc 2>
        RUN     regs_read, <ldr xzr, . - 0x80000>
        .arch_extension fp
        RUN     regs_fmov, <fmov d7, xzr>
        RUN     regs_daif, <msr daifset, 0xf>
        RUN     regs_smc, <svc 1>
        RUN     regs_spin, SPIN

        .section .bss.regs, "aw", @nobits
        .balign 4
        .globl  regs_go
regs_go:
        .skip   4

        .section .note.GNU-stack, "", @progbits
