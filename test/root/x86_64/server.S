/* SPDX-License-Identifier: GPL-2.0-only */
/* Portals entered with RDI = PID, RSI = MTD, RSP = UTCB. */

        .section .text.test_server, "ax"
        .balign 4096
        .globl  server_page, server_add, server_tell, server_call
server_page:

server_add:
        incq    (%rsp)
        mov     $3, %esi
        mov     $1, %edi
        syscall

server_tell:
        mov     %rdi, (%rsp)
        mov     %rsi, 8(%rsp)
        mov     $3, %esi
        mov     $1, %edi
        syscall

server_call:
        mov     (%rsp), %rdi
        mov     8(%rsp), %rsi
        mov     16(%rsp), %rdx
        syscall
        mov     %rdi, (%rsp)
        mov     $3, %esi
        mov     $1, %edi
        syscall

        .balign 4096
