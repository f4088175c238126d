/* SPDX-License-Identifier: GPL-2.0-only */

        .section .text.regs, "ax"

.macro RUN name, insn:vararg
        .globl  \name, \name\()_at, \name\()_next
\name:
        push    %rbx
        push    %rbp
        push    %r12
        push    %r13
        push    %r14
        push    %r15
        push    %rdi
        mov     %rsp, 0x88(%rdi)
        pushq   0x80(%rdi)
        mov     0x00(%rdi), %rax
        mov     0x08(%rdi), %rcx
        mov     0x10(%rdi), %rdx
        mov     0x18(%rdi), %rbx
        mov     0x28(%rdi), %rbp
        mov     0x30(%rdi), %rsi
        mov     0x40(%rdi), %r8
        mov     0x48(%rdi), %r9
        mov     0x50(%rdi), %r10
        mov     0x58(%rdi), %r11
        mov     0x60(%rdi), %r12
        mov     0x68(%rdi), %r13
        mov     0x70(%rdi), %r14
        mov     0x78(%rdi), %r15
        mov     0x38(%rdi), %rdi
        popfq
\name\()_at:
        \insn
\name\()_next:
        push    %rax
        mov     8(%rsp), %rax
        mov     %rcx, 0x08(%rax)
        mov     %rdx, 0x10(%rax)
        mov     %rbx, 0x18(%rax)
        mov     %rbp, 0x28(%rax)
        mov     %rsi, 0x30(%rax)
        mov     %rdi, 0x38(%rax)
        mov     %r8,  0x40(%rax)
        mov     %r9,  0x48(%rax)
        mov     %r10, 0x50(%rax)
        mov     %r11, 0x58(%rax)
        mov     %r12, 0x60(%rax)
        mov     %r13, 0x68(%rax)
        mov     %r14, 0x70(%rax)
        mov     %r15, 0x78(%rax)
        popq    0x00(%rax)
        mov     %rsp, 0x20(%rax)
        pushfq
        popq    0x80(%rax)
        pushq   $0x202
        popfq
        pop     %rdi
        pop     %r15
        pop     %r14
        pop     %r13
        pop     %r12
        pop     %rbp
        pop     %rbx
        ret
.endm

/* A macro, since a semicolon would end the line of RUN */
.macro SPIN
1:      cmpl    $0, regs_go(%rip)
        je      1b
.endm

        RUN     regs_syscall, syscall
        RUN     regs_ud2, ud2
        RUN     regs_int3, int3
        RUN     regs_spin, SPIN
        RUN     regs_nop, nop                   /* with RFLAGS.TF: #DB behind it                        */
        RUN     regs_hlt, hlt
        RUN     regs_int, int $0x40
        RUN     regs_read, cmpb $0, 0x1000      /* nothing is mapped there                              */
        RUN     regs_pxor, pxor %xmm7, %xmm7
        RUN     regs_div, div %rcx
