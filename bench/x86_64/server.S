/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server sides of benchmarks. They use no stack and no data, so that one page, mapped anywhere at the same address, is all
 * that a protection domain needs. Local ECs get their UTCB address as stack pointer.
 */

        .section .text.bench_server, "ax"
        .balign 4096
        .globl  server_page
server_page:

/* Spins until so many ticks are over, at the beginning of a portal those of its PID. Changes RAX, RDX, R9. As INSN_DELAY in timed.h */
        .macro  DELAY ticks=%rdi
        lfence
        rdtsc
        shl     $32, %rdx
        lea     (%rax, %rdx), %r9
2:      rdtsc
        shl     $32, %rdx
        or      %rdx, %rax
        sub     %r9, %rax
        cmp     \ticks, %rax
        jb      2b
        .endm

/* ipc_reply; the next call enters at the portal again */
        .macro  reply
        mov     $1, %edi
        syscall
        .endm

        .macro  skip
        addq    $2, 0x88(%rsp)          /* RIP in the architectural UTCB layout; UD2 has two bytes */
        .endm

/* Says in the first word of its UTCB when it was entered or, equally well, when it left. As stamp.h: five instructions behind RDTSC */
        .macro  stamp
        lfence
        rdtsc
        lfence
        shl     $32, %rdx
        lea     (%rax, %rdx), %rcx
        mov     %rcx, (%rsp)
        .endm

#include <server_variants.inc>

/* Portal that proves a message arrived and went back: inverts all words of the UTCB */
        .globl  server_invert
server_invert:
        mov     %rsp, %rax
        mov     $512, %ecx
1:      notq    (%rax)
        add     $8, %rax
        dec     %ecx
        jnz     1b
        reply

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

/* The same with a delay before its up; struct { uint64_t down, up, ticks; } */
        .globl  server_delay_pingpong
server_delay_pingpong:
        mov     (%rdi), %r14
        mov     8(%rdi), %r15
        mov     16(%rdi), %r13
        xor     %esi, %esi
1:      mov     %r14, %rdi
        syscall
        DELAY   %r13
        mov     %r15, %rdi
        syscall
        jmp     1b

/* Makes the hypercall that is the portal's PID, with the MTD of the message as second parameter, and replies: three instructions */
        .globl  server_hypercall
server_hypercall:
        syscall
        reply

/* Calls a portal again and again, with one word; entered with RDI = its ipc_call: four instructions a round */
        .globl  server_caller
server_caller:
        mov     %rdi, %r14
1:      mov     %r14, %rdi
        xor     %esi, %esi
        syscall
        jmp     1b

/* Uses the FPU, and replies: three instructions */
        .globl  server_fpu
server_fpu:
        xorps   %xmm0, %xmm0
        reply

/* Portal for page faults: the hypercall whose parameters PID points at. What was transferred goes back: ten instructions */
        .globl  server_map
server_map:
        mov     %rsi, %r12
        mov     0x20(%rdi), %r8
        mov     0x18(%rdi), %rax
        mov     0x10(%rdi), %rdx
        mov     0x08(%rdi), %rsi
        mov     (%rdi), %rdi
        syscall
        mov     %r12, %rsi
        reply

/* Portal for startup events with MTD = RIP: the EC goes to server_park */
        .globl  server_start
server_start:
        lea     server_park(%rip), %rax
        mov     %rax, 0x88(%rsp)
        reply

/* Blocks for ever: the stack pointer is the first parameter of ctrl_sm down */
server_park:
        mov     %rsp, %rdi
        xor     %esi, %esi
        syscall
        jmp     server_park

/* A function that returns */
        .globl  server_return
server_return:
        ret

        .balign 4096
