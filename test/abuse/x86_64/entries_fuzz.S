/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ECs do that random hypercalls have made: entered with RDI = PID, RSI = MTD, RCX = entry, RSP = UTCB, or wherever they
 * were told to begin. RBX counts; the parameters come from it, from the PID and from the time.
 */
        .section .text.entries, "ax"
        .globl  entry_loop, entry_reply

/* Replies; if it was an event, the EC that raised it goes on at entry_loop */
entry_reply:
        lea     entry_loop(%rip), %rax
        mov     %rax, 0x88(%rsp)        /* RIP in the UTCB */
        mov     $1, %edi
        mov     $0x10, %esi             /* MTD: RIP, or 17 words */
        syscall
        ud2

/* Calls, ups, short waits, recalls and exceptions, on selectors near the PID; now and then a reply */
entry_loop:
        mov     %rdi, %r12
        and     $0x3f, %r12
        or      entry_base(%rip), %r12
1:      add     $1, %ebx
        rdtsc
        imul    $0x9e3779b1, %eax, %eax
        add     %ebx, %eax
        mov     %eax, %ebp
        shr     $20, %eax
        and     $0xf, %eax
        xor     %rax, %r12              /* another selector */
        mov     %r12, %rdi
        shl     $8, %rdi
        shr     $12, %ebp
        and     $0xf, %ebp
        cmp     $3, %ebp
        jbe     entry_reply
        cmp     $6, %ebp
        jbe     3f
        cmp     $9, %ebp
        jbe     4f
        cmp     $11, %ebp
        jbe     5f
        cmp     $12, %ebp
        jbe     6f
        or      $0x1b, %rdi             /* ctrl_sm, down, for a moment */
        rdtsc
        shl     $32, %rdx
        lea     0x20000(%rdx,%rax), %rsi
        syscall
        jmp     1b
3:      mov     $3, %esi                /* ipc_call */
        syscall
        jmp     1b
4:      or      $0xb, %rdi              /* ctrl_sm, up */
        xor     %esi, %esi
        syscall
        jmp     1b
5:      or      $8, %rdi                /* ctrl_ec, weak */
        syscall
        jmp     1b
6:      ud2
        jmp     1b

        .section .bss.entries, "aw", @nobits
        .balign 8
        .globl  entry_base
entry_base:
        .skip   8
