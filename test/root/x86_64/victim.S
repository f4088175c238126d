/* SPDX-License-Identifier: GPL-2.0-only */

        .section .text.victim, "ax"

        .globl  victim_next
victim_next:                            /* behind the faulting instruction; RBP keeps the stack */
        mov     %rbp, %rsp
        pushq   $0x202
        popfq
        pop     %rbp
        ret

.macro VICTIM name
        .globl  victim_\name, victim_\name\()_at
victim_\name:
        push    %rbp
        mov     %rsp, %rbp
        VICTIM_\name
        jmp     victim_next
.endm

.macro VICTIM_ud
victim_ud_at:   ud2
.endm
.macro VICTIM_de
        xor     %ecx, %ecx
        mov     $1, %eax
        xor     %edx, %edx
victim_de_at:   div %ecx
.endm
.macro VICTIM_bp
victim_bp_at:   int3
.endm
.macro VICTIM_of
victim_of_at:   int $4
.endm
.macro VICTIM_db
        pushq   $0x302
        popfq
        nop
victim_db_at:   nop
        pushq   $0x202
        popfq
.endm
.macro VICTIM_gp
        mov     $0xfff8, %eax
victim_gp_at:   mov %eax, %ds
.endm
.macro VICTIM_hlt
victim_hlt_at:  hlt
.endm
.macro VICTIM_int80
victim_int80_at: int $0x80
.endm
.macro VICTIM_int14
victim_int14_at: int $14
.endm
.macro VICTIM_cli
victim_cli_at:  cli
.endm
.macro VICTIM_cr
victim_cr_at:   mov %cr3, %rax
.endm
.macro VICTIM_rdmsr
        xor     %ecx, %ecx
victim_rdmsr_at: rdmsr
.endm
.macro VICTIM_in
        mov     $0x1234, %edx
victim_in_at:   in %dx, %al
.endm
.macro VICTIM_canon
        mov     $1, %eax
        shl     $63, %rax
victim_canon_at: mov (%rax), %rcx
.endm
.macro VICTIM_ss
        mov     $1, %eax
        shl     $63, %rax
        mov     %rax, %rsp
victim_ss_at:   pop %rcx
.endm
.macro VICTIM_fpu
victim_fpu_at:   pxor %xmm0, %xmm0
.endm
.macro VICTIM_read
        mov     victim_addr(%rip), %rax
victim_read_at: mov (%rax), %cl
.endm
.macro VICTIM_write
        mov     victim_addr(%rip), %rax
        mov     $0x600dcafe, %ecx
victim_write_at: mov %rcx, (%rax)
.endm
.macro VICTIM_jump
        mov     victim_addr(%rip), %rax
victim_jump_at: call *%rax
.endm
.macro VICTIM_push
victim_push_at: push %rax
        pop     %rax
.endm
.macro VICTIM_step
        mov     $0xf, %edi
        pushq   $0x302
        popfq
victim_step_at: syscall
.endm

        .irp    n, ud, de, bp, of, db, gp, hlt, int80, int14, cli, cr, rdmsr, in, canon, ss, fpu, read, write, jump, push, step
        VICTIM  \n
        .endr

        .section .bss.victim, "aw", @nobits
        .balign 8
        .globl  victim_regs, victim_addr
victim_regs:
        .skip   0x90
victim_addr:
        .skip   8

        .section .note.GNU-stack, "", @progbits
