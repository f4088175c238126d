/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What ECs do that random hypercalls have made: entered with X0 = PID, X1 = MTD, SP = UTCB, or wherever they were told to begin. X19
 * counts; the parameters come from it, from the PID and from the time.
 */
        .section .text.entries, "ax"
        .globl  entry_loop, entry_reply

/* Replies; if it was an event, the EC that raised it goes on at entry_loop */
entry_reply:
        adrp    x2, entry_loop
        add     x2, x2, #:lo12:entry_loop
        str     x2, [sp, #0x1e0]        /* ELR_EL2 in the UTCB */
        mov     x0, #1
        mov     x1, #0x2000000          /* MTD: EL2_ELR_SPSR, or one word */
        svc     #0
        udf     #0

/* Calls, ups, short waits, recalls and exceptions, on selectors near the PID; now and then a reply */
entry_loop:
        and     x20, x0, #0x3f
        adrp    x9, entry_base
        ldr     x9, [x9, #:lo12:entry_base]
        orr     x20, x20, x9
1:      add     w19, w19, #1
        mrs     x10, cntvct_el0
        mov     w11, #0x79b1
        movk    w11, #0x9e37, lsl #16
        madd    w10, w10, w11, w19
        ubfx    x11, x10, #20, #4
        eor     x20, x20, x11           /* another selector */
        lsl     x0, x20, #8
        ubfx    w12, w10, #12, #4
        cmp     w12, #3
        b.ls    entry_reply
        cmp     w12, #6
        b.ls    3f
        cmp     w12, #9
        b.ls    4f
        cmp     w12, #11
        b.ls    5f
        cmp     w12, #12
        b.ls    6f
        mov     x13, #0x1b              /* ctrl_sm, down, for a moment */
        orr     x0, x0, x13
        mrs     x1, cntvct_el0
        add     x1, x1, #0x20, lsl #12
        svc     #0
        b       1b
3:      mov     x1, #3                  /* ipc_call */
        svc     #0
        b       1b
4:      mov     x13, #0xb               /* ctrl_sm, up */
        orr     x0, x0, x13
        mov     x1, xzr
        svc     #0
        b       1b
5:      orr     x0, x0, #8              /* ctrl_ec, weak */
        svc     #0
        b       1b
6:      udf     #0
        b       1b

        .section .bss.entries, "aw", @nobits
        .balign 8
        .globl  entry_base
entry_base:
        .skip   8
