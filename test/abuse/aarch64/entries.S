/* SPDX-License-Identifier: GPL-2.0-only */
/* Portals entered with X0 = PID, X1 = MTD, SP = UTCB. All registers are theirs. */

        .section .text.entries, "ax"
        .globl  entry_chain, entry_wait, entry_raise, entry_syscall_page

entry_chain:
        cbz     x0, 1f
        str     xzr, [sp]
        lsl     x0, x0, #8              /* ipc_call */
        mov     x1, xzr
        svc     #0
        tst     w0, #0xff
        b.eq    2f                      /* word 0 is what came back */
1:      and     x0, x0, #0xff
        str     x0, [sp]
2:      mov     x1, xzr
        mov     x0, #1                  /* ipc_reply */
        svc     #0
        udf     #0

entry_wait:
        mov     x2, #0x1b               /* ctrl_sm, down, no timeout */
        orr     x0, x2, x0, lsl #8
        mov     x1, xzr
        svc     #0
        and     x0, x0, #0xff
        str     x0, [sp]
        mov     x1, xzr
        mov     x0, #1
        svc     #0
        udf     #0

entry_raise:
        udf     #0
        mov     x1, xzr
        mov     x0, #1
        svc     #0
        udf     #0

        .balign 4096
entry_syscall_page:
        .rept   1023
        nop
        .endr
        svc     #0
