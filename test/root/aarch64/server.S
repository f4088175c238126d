/* SPDX-License-Identifier: GPL-2.0-only */
/* Portals entered with X0 = PID, X1 = MTD, SP = UTCB. */

.macro REPLY
        mov     x1, #3                  /* four words */
        mov     x0, #1
        svc     #0
.endm

        .section .text.test_server, "ax"
        .balign 4096
        .globl  server_page, server_add, server_tell, server_call
server_page:

server_add:
        ldr     x2, [sp]
        add     x2, x2, #1
        str     x2, [sp]
        REPLY

server_tell:
        stp     x0, x1, [sp]
        REPLY

server_call:
        ldp     x0, x1, [sp]
        ldr     x2, [sp, #16]
        svc     #0
        str     x0, [sp]
        REPLY

        .balign 4096
