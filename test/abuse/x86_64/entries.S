/* SPDX-License-Identifier: GPL-2.0-only */
/* Portals entered with RDI = PID, RSI = MTD, RSP = UTCB. All registers are theirs. */

        .section .text.entries, "ax"
        .globl  entry_chain, entry_wait, entry_raise, entry_syscall_page

entry_chain:
        test    %rdi, %rdi
        jz      1f
        movq    $0, (%rsp)
        shl     $8, %rdi                /* ipc_call */
        xor     %esi, %esi
        syscall
        test    %dil, %dil
        jz      2f                      /* word 0 is what came back */
1:      movzbl  %dil, %edi
        mov     %rdi, (%rsp)
2:      xor     %esi, %esi
        mov     $1, %edi                /* ipc_reply */
        syscall
        ud2

entry_wait:
        shl     $8, %rdi
        or      $0x1b, %rdi             /* ctrl_sm, down, no timeout */
        xor     %esi, %esi
        syscall
        movzbl  %dil, %edi
        mov     %rdi, (%rsp)
        xor     %esi, %esi
        mov     $1, %edi
        syscall
        ud2

entry_raise:
        ud2
        xor     %esi, %esi
        mov     $1, %edi
        syscall
        ud2

        .balign 4096
entry_syscall_page:
        .fill   4094, 1, 0x90
        syscall
