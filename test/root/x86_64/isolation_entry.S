/* SPDX-License-Identifier: GPL-2.0-only */
/* Entries that first of all store every register to iso_seen: portals of local ECs, and where a new global EC starts. */

        .section .text.isolation, "ax"

.macro SEE_ALL
        mov     %rax, iso_seen + 0x00(%rip)
        mov     %rcx, iso_seen + 0x08(%rip)
        mov     %rdx, iso_seen + 0x10(%rip)
        mov     %rbx, iso_seen + 0x18(%rip)
        mov     %rsp, iso_seen + 0x20(%rip)
        mov     %rbp, iso_seen + 0x28(%rip)
        mov     %rsi, iso_seen + 0x30(%rip)
        mov     %rdi, iso_seen + 0x38(%rip)
        mov     %r8,  iso_seen + 0x40(%rip)
        mov     %r9,  iso_seen + 0x48(%rip)
        mov     %r10, iso_seen + 0x50(%rip)
        mov     %r11, iso_seen + 0x58(%rip)
        mov     %r12, iso_seen + 0x60(%rip)
        mov     %r13, iso_seen + 0x68(%rip)
        mov     %r14, iso_seen + 0x70(%rip)
        mov     %r15, iso_seen + 0x78(%rip)
        pushfq
        popq    iso_seen + 0x80(%rip)
        mov     %ds, %eax
        mov     %eax, iso_seen + 0x88(%rip)
        mov     %es, %eax
        mov     %eax, iso_seen + 0x8c(%rip)
        mov     %fs, %eax
        mov     %eax, iso_seen + 0x90(%rip)
        mov     %gs, %eax
        mov     %eax, iso_seen + 0x94(%rip)
.endm

/* RDI = PID, RSI = MTD: parameters of iso_serve, which returns the MTD of the reply. That is made with iso_reply in all registers. */
        .globl  iso_portal
iso_portal:
        SEE_ALL
        call    iso_serve
        mov     %eax, %esi
        mov     iso_reply(%rip), %rax
        mov     %rax, %rcx
        mov     %rax, %rdx
        mov     %rax, %rbx
        mov     %rax, %rbp
        mov     %rax, %r8
        mov     %rax, %r9
        mov     %rax, %r10
        mov     %rax, %r11
        mov     %rax, %r12
        mov     %rax, %r13
        mov     %rax, %r14
        mov     %rax, %r15
        mov     $1, %edi
        syscall

        .globl  iso_start
iso_start:
        SEE_ALL
        call    iso_started
        ud2

        .section .bss.isolation, "aw", @nobits
        .balign 8
        .globl  iso_seen, iso_reply
iso_seen:
        .skip   0x98
iso_reply:
        .skip   8

        .section .note.GNU-stack, "", @progbits
