/* SPDX-License-Identifier: GPL-2.0-only */
/* Entries that first of all store every register to iso_seen: portals of local ECs, and where a new global EC starts. */

        .section .text.isolation, "ax"

.macro SEE i, j
        stp     x\i, x\j, [x0, #8 * \i]
.endm

/* X0 and X1 come back */
.macro SEE_ALL
        stp     x0, x1, [sp, #-16]!
        adrp    x0, iso_seen
        add     x0, x0, #:lo12:iso_seen
        SEE     2, 3
        SEE     4, 5
        SEE     6, 7
        SEE     8, 9
        SEE     10, 11
        SEE     12, 13
        SEE     14, 15
        SEE     16, 17
        SEE     18, 19
        SEE     20, 21
        SEE     22, 23
        SEE     24, 25
        SEE     26, 27
        SEE     28, 29
        str     x30, [x0, #240]
        add     x1, sp, #16
        str     x1, [x0, #248]
        mrs     x1, nzcv
        str     x1, [x0, #256]
        mrs     x1, tpidr_el0           /* extra */
        str     x1, [x0, #264]
        mrs     x1, tpidrro_el0
        str     x1, [x0, #272]
        ldr     x1, [sp]
        str     x1, [x0]
        ldr     x1, [sp, #8]
        str     x1, [x0, #8]
        ldp     x0, x1, [sp], #16
.endm

/* X0 = PID, X1 = MTD: parameters of iso_serve, which returns the MTD of the reply. That is made with iso_reply in all registers. */
        .globl  iso_portal
iso_portal:
        SEE_ALL
        bl      iso_serve
        mov     w1, w0
        adrp    x2, iso_reply
        ldr     x2, [x2, #:lo12:iso_reply]
        msr     tpidr_el0, x2
        .irp    i, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30
        mov     x\i, x2
        .endr
        msr     nzcv, xzr
        mov     x0, #1
        svc     #0

        .globl  iso_start
iso_start:
        SEE_ALL
        bl      iso_started
        udf     #0

        .section .bss.isolation, "aw", @nobits
        .balign 8
        .globl  iso_seen, iso_reply
iso_seen:
        .skip   280
iso_reply:
        .skip   8

        .section .note.GNU-stack, "", @progbits
