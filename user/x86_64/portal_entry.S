/* SPDX-License-Identifier: GPL-2.0-only */
/* Entry of a portal served by C code: RDI = PID, RSI = MTD, RSP = the stack of the local EC. Every reply leaves RSP as it was. */

        .section .text.portal_entry, "ax"
        .globl  portal_entry
portal_entry:
        call    portal_dispatch         /* returns the MTD of the reply */
        mov     %eax, %esi
        mov     $1, %edi                /* ipc_reply; the next message enters at portal_entry again */
        syscall
        ud2
