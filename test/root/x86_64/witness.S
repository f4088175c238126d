/* SPDX-License-Identifier: GPL-2.0-only */

        .section .text.witness, "ax"

.macro SEE_ALL
        .set    at, 0
        .irp    r, rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15
        mov     %\r, witness_seen + at(%rip)
        .set    at, at + 8
        .endr
        pushfq
        popq    witness_seen + 0x80(%rip)
        .set    at, 0x88                /* extra */
        .irp    r, ds, es, fs, gs
        mov     %\r, %eax
        mov     %eax, witness_seen + at(%rip)
        .set    at, at + 4
        .endr
.endm

        .globl  witness_portal, witness_start
witness_portal:
        SEE_ALL
        call    *witness_serve(%rip)
        .irp    r, 8, 9, 10, 11, 12, 13, 14, 15
        mov     witness_reply + 8 * \r(%rip), %r\r
        .endr
        mov     %eax, %esi
        mov     witness_reply + 0x00(%rip), %rax
        mov     witness_reply + 0x08(%rip), %rcx
        mov     witness_reply + 0x10(%rip), %rdx
        mov     witness_reply + 0x18(%rip), %rbx
        mov     witness_reply + 0x28(%rip), %rbp
        mov     $1, %edi
        syscall

witness_start:
        SEE_ALL
        call    witness_started
        ud2
