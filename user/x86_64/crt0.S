/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of a root task: RSP points at the HIP (interface specification, 8.1.2), so there is no stack yet. */

        .section .text.start, "ax"
        .globl  _start
_start:
        mov     %rsp, %rdx              /* HIP; RDI and RSI hold the Multiboot magic and pointer */
        lea     stack_top(%rip), %rsp
        xor     %ebp, %ebp
        call    start
        ud2

        .section .bss.stack, "aw", @nobits
        .balign 4096
        .skip   0x8000
stack_top:
