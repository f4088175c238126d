/* SPDX-License-Identifier: GPL-2.0-only */
#include <pairs.h>

        .section .text.regs, "ax"

/* What C wants back is on the stack in the same order, with the argument for X0 and X30 for X1 */
.macro RUN name, insn
        .globl  \name, \name\()_at, \name\()_next
\name:
        stp     x0, x30, [sp, #-240]!
        mov     x1, x0
        mov     x0, sp
        PAIRS   stp
        str     x0, [x1, #264]
        mov     x0, x1
        ldr     x1, [x0, #256]
        msr     nzcv, x1
        PAIRS   ldp
        ldr     x30, [x0, #240]
        ldp     x0, x1, [x0]
\name\()_at:
        \insn
\name\()_next:
        stp     x0, x1, [sp, #-16]!
        ldr     x0, [sp, #16]
        SEE
        add     x0, sp, #16
        PAIRS   ldp
        ldr     x30, [sp, #24]
        add     sp, sp, #256
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
