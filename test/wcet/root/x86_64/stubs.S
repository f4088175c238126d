/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads and servers without a stack: what they do is in their registers. */

        .section .text.stubs, "ax"
        .globl  stub_crowd, stub_relay, stub_fault, stub_exit

/* A thread of the crowd: the hypercall in the parameter registers once, then that in rbx for ever. r12: counters by status */
stub_crowd:
        syscall
        movzbl  %dil, %eax
        lock incq (%r12, %rax, 8)
1:      mov     %rbx, %rdi
        xor     %esi, %esi
        syscall
        jmp     1b

/* A portal: makes the hypercall that its identifier is, then replies */
stub_relay:
        xor     %esi, %esi
        syscall
        mov     $1, %edi
        xor     %esi, %esi
        syscall
        ud2

/* A portal: has an exception */
stub_fault:
        ud2

/* A portal that replies at once */
stub_exit:
        mov     $1, %edi
        syscall
        ud2
