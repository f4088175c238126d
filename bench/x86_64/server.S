/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server sides of benchmarks. They use no stack and no data, so that one page, mapped anywhere at the same address, is all
 * that a protection domain needs. Local ECs get their UTCB address as stack pointer.
 */

        .section .text.bench_server, "ax"
        .balign 4096
        .globl  server_page
server_page:

/* Portal of the IPC benchmarks: two instructions. The MTD stays in ESI, and the message words in the UTCB go back. */
        .globl  server_reply
server_reply:
        mov     $1, %edi                /* ipc_reply; the next call enters at server_reply again */
        syscall

/* Portal that proves a message arrived and went back: inverts all words of the UTCB */
        .globl  server_invert
server_invert:
        mov     %rsp, %rax
        mov     $512, %ecx
1:      notq    (%rax)
        add     $8, %rax
        dec     %ecx
        jnz     1b
        mov     $1, %edi
        syscall

/* Portal for #UD with MTD = RIP: skips the two bytes of UD2 */
        .globl  server_skip
server_skip:
        addq    $2, 0x88(%rsp)          /* RIP in the architectural UTCB layout */
        mov     $1, %edi
        syscall

/* Partner of the semaphore ping-pong, entered with RDI = struct { uint64_t down, up; }: five instructions a round */
        .globl  server_pingpong
server_pingpong:
        mov     (%rdi), %r14
        mov     8(%rdi), %r15
        xor     %esi, %esi              /* no timeout */
1:      mov     %r14, %rdi
        syscall
        mov     %r15, %rdi
        syscall
        jmp     1b

        .balign 4096
