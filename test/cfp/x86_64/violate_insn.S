/* SPDX-License-Identifier: GPL-2.0-only */
/* What the rules of control-flow protection forbid, one instruction each; see violate.c. In: RDI. They return where nothing forbids it. */
#include <selectors.h>

            .section .text, "ax", @progbits

            .globl  no_endbr, violate_jump, violate_ret, violate_lret, violate_iret, violate_rstorssp, violate_setssbsy
            .globl  violate_incssp, violate_recurse, violate_ud2, violate_int18

no_endbr:   ret                                         /* no ENDBR64 here                                      */

violate_jump:
            jmp     *%rdi

/* Another return address, which comes back where nothing forbids it */
violate_ret:
            mov     (%rsp), %rax
            movq    $1f, (%rsp)
            ret
1:          push    %rax
            ret

/* A far return that no far call precedes, to the return address */
violate_lret:
            pop     %rax
            pushq   $SEL_KERN_CODE
            push    %rax
            lretq

/* An IRET that no event precedes */
violate_iret:
            pop     %rax
            mov     %rsp, %rdx
            pushq   $SEL_KERN_DATA
            push    %rdx
            pushfq
            pushq   $SEL_KERN_CODE
            push    %rax
            iretq

violate_rstorssp:
            rstorssp (%rdi)
            ret

violate_setssbsy:
            setssbsy
            ret

/* Pops until there is no more shadow stack */
violate_incssp:
            mov     $64, %eax
1:          incsspq %rax
            jmp     1b

/* Pushes until there is none */
violate_recurse:
            call    violate_recurse
            ret

violate_ud2:
            ud2

/* As a machine check comes; its IDT entry has DPL 0 */
violate_int18:
            int     $18
            ret

            .section .note.GNU-stack, "", @progbits
