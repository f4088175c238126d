/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * From the boot loader to init(), and from PSCI's CPU_ON to the code of a CPU on its own tables.
 *
 * The code may have been moved by a multiple of 2 MiB, so it finds out where it is before it touches memory by name. It runs at its
 * physical address with the MMU off, or, in between, with a table that maps it to itself.
 *
 * In: EL2 or EL3, MMU off or memory mapped to itself, interrupts masked (interface specification, 7.1.1); x0...x2 = what the root
 * task gets. The arm64 boot protocol is one case of it: x0 = flattened device tree. UEFI enters in uefi_entry.S, which comes here.
 */
#include <asm-offsets.h>
#include <memory.h>
#include <sysreg.h>

/* SCR_EL3: API, APK (accesses to the keys of PAC do not trap; RES0 without it), RW, HCE, RES1, NS */
#define SCR_EL2         0x30531
#define TABLE           3                               /* descriptor of a table                                    */
#define BLOCK           (0x741 | MAIR_NORMAL << 2)      /* of 2 MiB: Normal, write-back, inner shareable, accessed  */
#define BLOCK_USER      0x40                            /* AP[1]: RES1 if there is one range, of EL0 with VHE       */
#define BOOT_STACK      4096
#define R_AARCH64_RELATIVE 1027                         /* ELF for the Arm 64-bit Architecture, 5.7.15              */
#define BOOT_BLOCKS     ((KMEM_MIB + 4) / 2)            /* image, pool, console buffer                              */

            .section .init, "ax", @progbits

/* To EL2, without the MMU and without VHE, if the CPU can do without. Keeps x0...x2, x19...x29 */
.macro      ENTER_EL2
            mrs     x9, CurrentEL
            cmp     x9, #3 << 2
            b.ne    1f
            ldr     w9, =SCTLR_RES1                     /* EL3: its vectors outlive the tables of whoever came before us    */
            msr     sctlr_el3, x9
            isb
            ldr     x9, =SCR_EL2                        /* nothing of it stays but what lets EL2 work                       */
            msr     scr_el3, x9
            msr     cptr_el3, xzr
            bl      el3_prepare
            mov     x9, #PSTATE_D | PSTATE_A | PSTATE_I | PSTATE_F | PSTATE_EL2H
            msr     spsr_el3, x9
            ldr     w9, =SCTLR_RES1
            msr     sctlr_el2, x9
            adr     x9, 2f
            msr     elr_el3, x9
            isb
            eret
1:          cmp     x9, #2 << 2
            b.ne    no_el2
2:          ldr     w9, =SCTLR_RES1
            msr     sctlr_el2, x9                       /* MMU and caches off                                       */
            isb
            mov     x9, #HCR_RW                         /* a write of E2H needs the MMU off                         */
            msr     hcr_el2, x9
            isb
.endm

/* MMU on with boot_l0, then to the label through its high address. With VHE, x23 = VHE_BIAS and not 0, that table is both ranges: the
 * lower one has the code where it is, the upper one the high address. Clobbers x9...x13 */
.macro      ENTER_HIGH label
            cbz     x23, 1f
            ldr     x9, =HCR_VHE
            msr     hcr_el2, x9
            isb
1:          adr     x9, boot_l0
            msr     ttbr0_el2, x9
            ldr     x10, =MAIR_VALUE
            msr     mair_el2, x10
            mrs     x10, id_aa64mmfr0_el1               /* PARange; more than 48 bits need larger descriptors       */
            and     x10, x10, #0xf
            mov     x11, #5
            cmp     x10, x11
            csel    x10, x11, x10, hi
            ldr     w11, =TCR_RES1 | TCR_VALUE
            orr     x11, x11, x10, lsl #16
            ldr     w12, =SCTLR_KERNEL & ~SCTLR_WXN
            cbz     x23, 2f
            msr     TTBR1_EL2, x9
            ldr     x11, =TCR_VHE
            orr     x11, x11, x10, lsl #32
            ldr     w12, =SCTLR_VHE
2:          msr     tcr_el2, x11
            tlbi    alle2
            ic      iallu
            dsb     nsh
            isb
            ldr     x10, \label\()_linked
            add     x10, x10, x23
            msr     sctlr_el2, x12
            isb
            br      x10
.endm

/* What was written with the caches off must not be hidden by what caches hold of it from before */
.macro      INVALIDATE from, to
            dmb     sy
1:          dc      ivac, \from
            add     \from, \from, #16                   /* the smallest line there is                               */
            cmp     \from, \to
            b.lo    1b
            dsb     sy
.endm

/* Boot CPU ------------------------------------------------------------------------------------------------------------ */

            .globl  start
start:      mrs     x3, daif
            msr     daifset, #15
            mov     x19, x0
            mov     x20, x1
            mov     x21, x2
            mrs     x25, CurrentEL
            bl      uefi_remember
            ENTER_EL2

            adr     x22, image_start                    /* physical address of the image                            */
            bl      choose_vhe

            adr     x9, boot_l0                         /* the 2 MiB of this code, where they are                   */
            adr     x10, boot_l1
            adr     x11, boot_l2
            orr     x12, x10, #TABLE
            ubfx    x13, x22, #39, #9
            str     x12, [x9, x13, lsl #3]
            orr     x12, x11, #TABLE
            ubfx    x13, x22, #30, #9
            str     x12, [x10, x13, lsl #3]
            mov     x12, #BLOCK
            bic     x13, x12, #BLOCK_USER
            cmp     x23, #0
            csel    x12, x12, x13, eq
            add     x12, x12, x22
            ubfx    x13, x22, #21, #9
            str     x12, [x11, x13, lsl #3]

            adr     x10, boot_l1_high                   /* the image at LINK_ADDR                                   */
            adr     x11, boot_l2_high
            orr     x13, x10, #TABLE
            str     x13, [x9, #511 * 8]
            orr     x13, x11, #TABLE
            str     x13, [x10, #510 * 8]
            mov     x13, #BOOT_BLOCKS
2:          str     x12, [x11], #8
            add     x12, x12, #0x200000
            subs    x13, x13, #1
            b.ne    2b

            adr     x9, boot_data
            adr     x10, boot_data_end
            INVALIDATE x9, x10
            ENTER_HIGH start_high

/*
 * x23 and vhe_bias = how much higher than linked the kernel runs: VHE_BIAS if the CPU has VHE, and is not told to do without. The
 * device tree can tell, which C code finds out where the image is, with the MMU off. A CPU that cannot do without is not asked:
 * HCR_EL2.E2H is still 1, or ID_AA64MMFR4_EL1.E2H0 is negative. In: x19 and x22 as below. Clobbers x0...x18, x24
 */
choose_vhe: mov     x24, x30
            mov     x23, #VHE_BIAS
            mrs     x9, hcr_el2
            tbnz    x9, #HCR_E2H_BIT, 6f
            mrs     x9, ID_AA64MMFR4_EL1
            tbnz    x9, #MMFR4_E2H0_SIGN, 6f
            mrs     x9, id_aa64mmfr1_el1
            tst     x9, #MMFR1_VH
            b.eq    5f

            ldr     x9, early_linked                    /* LINK_ADDR is where the image is linked to begin          */
            ldr     x10, stack_linked
            mov     x11, #LINK_ADDR
            sub     x11, x22, x11
            add     x9, x9, x11
            add     x10, x10, x11
            mov     sp, x10
            sub     x11, x10, #BOOT_STACK
            INVALIDATE x11, x10
            mov     x0, x19
            blr     x9
            cbz     w0, 6f
5:          mov     x23, #0
6:          adr     x9, vhe_bias
            str     x23, [x9]
            ret     x24

/* Where these are linked */
            .balign 8
early_linked:
            .quad   early_novhe
stack_linked:
            .quad   boot_stack_top
start_high_linked:
            .quad   start_high
cpu_high_linked:
            .quad   cpu_high

            .section .text, "ax", @progbits
start_high: cbz     x23, 3f
            adrp    x9, RELA_START                      /* pointers into what is linked high go up with it          */
            add     x9, x9, :lo12:RELA_START
            adrp    x10, RELA_END
            add     x10, x10, :lo12:RELA_END
1:          cmp     x9, x10
            b.hs    3f
            ldp     x11, x12, [x9], #24                 /* place, type                                              */
            ldur    x13, [x9, #-8]                      /* value                                                    */
            cmp     x12, #R_AARCH64_RELATIVE
            b.ne    1b
            and     x14, x11, x13
            tbz     x14, #47, 1b
            add     x11, x11, x23
            add     x13, x13, x23
            str     x13, [x11]
            b       1b
3:          adrp    x9, BSS_START
            add     x9, x9, :lo12:BSS_START
            adrp    x10, BSS_END
            add     x10, x10, :lo12:BSS_END
1:          stp     xzr, xzr, [x9], #16                 /* pages: a multiple of 16 bytes                            */
            cmp     x9, x10
            b.lo    1b
            adrp    x9, boot_stack_top
            add     sp, x9, :lo12:boot_stack_top
            bl      set_vectors
            mov     x0, x19
            mov     x1, x20
            mov     x2, x21
            mov     x3, x22
            lsr     x4, x25, #2
            b       init

/* Exceptions from now on */
set_vectors:
            adrp    x9, vectors
            add     x9, x9, :lo12:vectors
            msr     vbar_el2, x9
            isb
            ret

/* At EL1: nothing can be done. It is said where the board has a PL011 (DDI 0183, 3.3: DR at 0, FR at 0x18, whose bit 5 is TXFF). */

            .section .init, "ax", @progbits

no_el2:
#if BOARD_UART == UART_PL011
            ldr     x0, =BOARD_UART_ADDR
            adr     x1, no_el2_line
1:          ldr     w2, [x0, #0x18]
            tbnz    w2, #5, 1b
            ldrb    w2, [x1], #1
            cbz     w2, 2f
            str     w2, [x0]
            b       1b
#endif
2:          wfi
            b       2b
no_el2_line:
            .asciz  "BOOT: Kilonova must be started at EL2 or EL3. This is EL1, where a hypervisor cannot run.\n"
            .balign 4

/* Any CPU, each on its way to its own tables ---------------------------------------------------------------------------- */

            .section .init, "ax", @progbits

/* cpu_leave: the boot CPU comes from its first tables, by the address of this code where it is. In: x0 as below */
cpu_leave:  ldr     w9, =SCTLR_RES1
            msr     sctlr_el2, x9                       /* MMU and caches off                                       */
            isb

/* From PSCI or from above. In: x0 = top-level entry of the CPU's tables. One CPU at a time: boot_l0 gets that entry. */
cpu_enter:  msr     daifset, #15
            ENTER_EL2
            adr     x9, boot_l0
            add     x9, x9, #511 * 8
            str     x0, [x9]
            dmb     sy
            dc      ivac, x9
            dsb     sy
            adr     x9, vhe_bias
            ldr     x23, [x9]
            ENTER_HIGH cpu_high

            .section .text, "ax", @progbits
cpu_high:
#if CFP_BRANCH
            hint    #34                                 /* BTI c                                                */
#endif
            adrp    x19, cpu_local
            ldr     x9, [x19, #CPU_TTBR]                /* the same without the view of the code above              */
            cbz     x23, 1f
            msr     TTBR1_EL2, x9
            mrs     x9, tcr_el2
            orr     x9, x9, #TCR_EPD0                   /* until there are tables for the lower range               */
            msr     tcr_el2, x9
            mov     x9, #PSTATE_PAN
            msr     PAN_REG, x9
            b       2f
1:          msr     ttbr0_el2, x9
2:          isb
            tlbi    alle2
            dsb     nsh
            ldr     w9, =SCTLR_KERNEL
            ldr     x10, =SCTLR_VHE
            cmp     x23, #0
            csel    x9, x9, x10, eq
            msr     sctlr_el2, x9
            isb
            bl      set_vectors
            adrp    x9, cpu_local + (CPU_STACK_TOP - CPU_LOCAL)
            mov     sp, x9
            ldr     x16, [x19, #CPU_START]
            mov     x29, #0
            mov     x30, #0
            br      x16                                 /* this register may lead to a landing pad of a call        */

/* Link addresses for C, which does not get there from its own */
            .section .rodata, "a", @progbits
            .balign 8
            .globl  addr_cpu_leave, addr_cpu_enter
addr_cpu_leave:
            .quad   cpu_leave
addr_cpu_enter:
            .quad   cpu_enter

            .section .init.data, "aw", @progbits
            .balign 4096
            .globl  boot_l0
boot_data:
boot_l0:    .fill   4096
boot_l1:    .fill   4096
boot_l2:    .fill   4096
boot_l1_high:
            .fill   4096
boot_l2_high:
            .fill   4096
vhe_bias:   .quad   0                                   /* how much higher than linked the kernel runs              */
            .quad   0
boot_data_end:

            .section .bss, "aw", @nobits
            .balign 16
            .fill   BOOT_STACK
boot_stack_top:
