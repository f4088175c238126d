/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of a portal served by C code: X0 = PID, X1 = MTD, SP = the stack of the local EC. Every reply leaves SP as it was. */

        .section .text.portal_entry, "ax"
        .globl  portal_entry
portal_entry:
        bl      portal_dispatch         /* returns the MTD of the reply */
        mov     w1, w0
        mov     x0, #1                  /* ipc_reply; the next message enters at portal_entry again */
        svc     #0
        udf     #0
