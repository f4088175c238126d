/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the rules of control-flow protection forbid; see violate_arch.c. They return where nothing forbids it: then PACIASP and AUTIASP
 * are NOPs. X9...X15 keep what must not get lost.
 */

            .section .text, "ax"

            .globl  no_pad, call_pad, signing_pad, violate_jump, violate_jump_x9, violate_ret, violate_replay, violate_key, violate_tail

#define BTI_C       hint #34
#define PACIASP     hint #25
#define AUTIASP     hint #29

no_pad:     ret                                         /* no landing pad here: as in the middle of a function      */

call_pad:   BTI_C
            ret

signing_pad:
            PACIASP
            AUTIASP
            ret

violate_jump:
            mov     x16, x0
            br      x16

violate_jump_x9:
            mov     x9, x0
            br      x9

/* Another return address in the frame, which comes back where nothing forbids it */
violate_ret:
            mov     x15, x30
            PACIASP
            stp     x29, x30, [sp, #-16]!
            adr     x9, 1f
            str     x9, [sp, #8]
            ldp     x29, x30, [sp], #16
            AUTIASP
            ret
1:          ret     x15

/* One that was signed for a frame elsewhere on the same stack */
violate_replay:
            PACIASP
            sub     sp, sp, #32
            AUTIASP
            add     sp, sp, #32
            ret

/* A branch out of the function with an address that was not authenticated: whoever is branched to returns with it */
violate_tail:
            PACIASP
            b       no_pad

/* One that was signed with another key, as a user's or another CPU's would be */
violate_key:
            mrs     x9, s3_0_c2_c1_0                    /* APIAKeyLo_EL1                                            */
            eor     x10, x9, #1
            msr     s3_0_c2_c1_0, x10
            isb
            PACIASP
            msr     s3_0_c2_c1_0, x9
            isb
            AUTIASP
            ret

            .section .note.GNU-stack, "", @progbits
