/* SPDX-License-Identifier: GPL-2.0-only */

        .section .text.victim, "ax"

        .globl  victim_next
victim_next:                            /* behind the faulting instruction; X29 keeps the stack */
        mov     sp, x29
        ldp     x29, x30, [sp], #16
        ret

.macro VICTIM name
        .globl  victim_\name, victim_\name\()_at
victim_\name:
        stp     x29, x30, [sp, #-16]!
        mov     x29, sp
        VICTIM_\name
        b       victim_next
.endm

.macro ADDR reg
        adrp    \reg, victim_addr
        ldr     \reg, [\reg, #:lo12:victim_addr]
.endm

.macro VICTIM_ud
victim_ud_at:   udf #0
.endm
        .arch_extension fp
.macro VICTIM_fpu
victim_fpu_at:  fmov d0, xzr
.endm
.macro VICTIM_brk
victim_brk_at:  brk #0x123
.endm
.macro VICTIM_svc2
        mov     x0, #0xf
victim_svc2_at: svc #2
.endm
.macro VICTIM_hvc
victim_hvc_at:  hvc #0
.endm
.macro VICTIM_smc
victim_smc_at:  smc #0
.endm
.macro VICTIM_daif
victim_daif_at: msr daifset, #0xf
.endm
.macro VICTIM_el1
victim_el1_at:  mrs x0, sctlr_el1
.endm
.macro VICTIM_el2
victim_el2_at:  mrs x0, hcr_el2
.endm
.macro VICTIM_eret
victim_eret_at: eret
.endm
.macro VICTIM_tlbi
victim_tlbi_at: tlbi vmalle1
.endm
.macro VICTIM_pc
        adr     x0, victim_next
        add     x0, x0, #2
victim_pc_at:   br  x0
.endm
.macro VICTIM_read
        ADDR    x0
victim_read_at: ldrb w1, [x0]
.endm
.macro VICTIM_write
        ADDR    x0
        mov     w1, #0xcafe
        movk    w1, #0x600d, lsl #16
victim_write_at: str x1, [x0]
.endm
.macro VICTIM_jump
        ADDR    x0
victim_jump_at: blr x0
.endm
.macro VICTIM_push
victim_push_at: stp x0, x1, [sp, #-16]!
        ldp     x0, x1, [sp], #16
.endm

        .irp    n, ud, fpu, brk, svc2, hvc, smc, daif, el1, el2, eret, tlbi, pc, read, write, jump, push
        VICTIM  \n
        .endr

        .section .bss.victim, "aw", @nobits
        .balign 8
        .globl  victim_regs, victim_addr
victim_regs:
        .skip   0x110
victim_addr:
        .skip   8

        .section .note.GNU-stack, "", @progbits
