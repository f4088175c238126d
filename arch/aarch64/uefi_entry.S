/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between UEFI and the kernel: the entry point of the PE/COFF image, and the way back to firmware as long as its boot services are on.
 *
 * The kernel runs on tables of its own from start on, with interrupts masked, and firmware waits. For each call of a boot service the
 * CPU gets firmware's tables, vectors, stack and interrupt masks back (UEFI 2.10, 2.3.6). The switch needs code that both tables map to
 * itself: .init of the kernel, which is memory of firmware's, and which boot_l0 maps.
 */
#include <asm-offsets.h>
#include <memory.h>
#include <sysreg.h>

            .section .init, "ax", @progbits

/* From firmware: x0 = image handle, x1 = system table. Returns a status if the kernel cannot start. */
            .globl  uefi_start
uefi_start: stp     x29, x30, [sp, #-16 - UEFI_START_SIZE]!
            mov     x29, sp
            adr     x2, image_start
            add     x3, sp, #16
            ldr     x9, =uefi_load - LINK_ADDR
            add     x9, x9, x2
            blr     x9                                  /* uefi_load (image, system table, where we are, struct uefi_start) */
            cbnz    x0, 1f

            adr     x9, start
            adr     x10, image_start
            sub     x9, x9, x10
            ldr     x10, [sp, #16 + UEFI_START_KERNEL]
            add     x9, x9, x10
            ldp     x0, x1, [sp, #16 + UEFI_START_REGS]
            mov     x2, #0
            br      x9

1:          ldp     x29, x30, [sp], #16 + UEFI_START_SIZE
            ret

/*
 * Keeps how this CPU was entered, if that was at EL2 with the MMU on: only UEFI does so. Caches are on then, and the kernel reads it
 * with caches on. Clobbers x9...x12.
 */
            .globl  uefi_remember
uefi_remember:
            mrs     x9, CurrentEL
            cmp     x9, #2 << 2
            b.ne    1f
            mrs     x9, sctlr_el2
            tbz     x9, #0, 1f                          /* M                                                        */
            adr     x10, image_start
            ldr     x11, =uefi_regime - LINK_ADDR
            add     x10, x10, x11
            mrs     x11, tcr_el2
            stp     x9, x11, [x10, #REGIME_SCTLR]
            mrs     x11, ttbr0_el2
            mrs     x12, mair_el2
            stp     x11, x12, [x10, #REGIME_TTBR]
            mrs     x11, vbar_el2
            mrs     x12, hcr_el2
            stp     x11, x12, [x10, #REGIME_VBAR]
            mrs     x11, cptr_el2
            mov     x12, sp
            stp     x11, x12, [x10, #REGIME_CPTR]
            stp     x18, x3, [x10, #REGIME_X18]
1:          ret

/*
 * uefi_call (function, 5 arguments): calls a boot service. Boot CPU, on its own tables, whose top-level entry boot_l0 still has from
 * cpu_enter. Firmware keeps x19...x27, where the kernel's state is meanwhile.
 */
            .section .text, "ax", @progbits
            .globl  uefi_call
uefi_call:
#if CFP_RETURN
            hint    #25                                 /* PACIASP                                                  */
#endif
            stp     x29, x30, [sp, #-96]!
            stp     x19, x20, [sp, #16]
            stp     x21, x22, [sp, #32]
            stp     x23, x24, [sp, #48]
            stp     x25, x26, [sp, #64]
            stp     x27, x18, [sp, #80]
            mrs     x19, sctlr_el2
            mrs     x20, tcr_el2
            mrs     x21, ttbr0_el2
            mrs     x22, mair_el2
            mrs     x23, vbar_el2
            mrs     x24, hcr_el2
            mrs     x25, cptr_el2
            mov     x26, sp

            adrp    x9, kmem_offset
            ldr     x9, [x9, :lo12:kmem_offset]
            ldr     x16, =uefi_low - LOAD_ADDR + LINK_ADDR
            sub     x16, x16, x9                        /* where it is                                              */
            ldr     x27, =boot_l0 - LOAD_ADDR + LINK_ADDR
            sub     x27, x27, x9

            bic     x17, x19, #SCTLR_WXN                /* boot_l0 has writable memory in which we go on            */
            msr     ttbr0_el2, x27
            msr     sctlr_el2, x17
            bic     x17, x20, #TCR_EPD0                 /* with VHE, the lower range may be off                     */
            msr     tcr_el2, x17
            isb
            tlbi    alle2
            dsb     nsh
            isb

            adrp    x17, uefi_regime
            add     x17, x17, :lo12:uefi_regime
            ldp     x6, x7, [x17, #REGIME_SCTLR]
            ldp     x8, x9, [x17, #REGIME_TTBR]
            ldp     x10, x11, [x17, #REGIME_VBAR]
            ldp     x12, x13, [x17, #REGIME_CPTR]
            ldp     x14, x15, [x17, #REGIME_X18]
            blr     x16

            msr     ttbr0_el2, x21
            msr     tcr_el2, x20
            isb
            tlbi    alle2
            dsb     nsh
            msr     sctlr_el2, x19
            isb
            ldp     x27, x18, [sp, #80]
            ldp     x25, x26, [sp, #64]
            ldp     x23, x24, [sp, #48]
            ldp     x21, x22, [sp, #32]
            ldp     x19, x20, [sp, #16]
            ldp     x29, x30, [sp], #96
#if CFP_RETURN
            hint    #29                                 /* AUTIASP                                                  */
#endif
            ret

/* Where it is mapped to itself: to firmware and back */
            .section .init, "ax", @progbits
uefi_low:   mov     x27, x30
            ldr     w17, =SCTLR_RES1
            msr     sctlr_el2, x17                      /* MMU and caches off                                       */
            isb
            msr     hcr_el2, x11
            isb
            msr     tcr_el2, x7
            msr     ttbr0_el2, x8
            msr     mair_el2, x9
            msr     vbar_el2, x10
            msr     cptr_el2, x12
            isb
            tlbi    alle2
            dsb     nsh
            isb
            msr     sctlr_el2, x6
            isb
            mov     sp, x13
            mov     x18, x14
            mov     x9, x0
            mov     x0, x1
            mov     x1, x2
            mov     x2, x3
            mov     x3, x4
            mov     x4, x5
            msr     daif, x15
            blr     x9
            msr     daifset, #15

            ldr     w17, =SCTLR_RES1
            msr     sctlr_el2, x17
            isb
            msr     hcr_el2, x24
            isb
            bic     x17, x20, #TCR_EPD0
            adr     x16, boot_l0
            msr     tcr_el2, x17
            msr     ttbr0_el2, x16
            msr     mair_el2, x22
            msr     vbar_el2, x23
            msr     cptr_el2, x25
            isb
            tlbi    alle2
            dsb     nsh
            isb
            bic     x17, x19, #SCTLR_WXN
            msr     sctlr_el2, x17
            isb
            mov     sp, x26
            ret     x27
