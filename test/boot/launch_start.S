/* SPDX-License-Identifier: GPL-2.0-only */
/* Entered by QEMU at EL2 with the MMU off. LAUNCH_WISH: where launch.py has put struct wish. */
            .section .text.start, "ax", @progbits
            .globl  _start
_start:     adr     x0, _start                          /* the stack grows down from here                           */
            mov     sp, x0
            ldr     x19, =LAUNCH_WISH
            mov     x0, x19
            bl      launch
            dsb     sy
            ic      iallu
            isb
            msr     daifset, #15
            ldr     x9, [x19]
            ldp     x0, x1, [x19, #8]
            ldr     x2, [x19, #24]
            br      x9
