/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server sides of benchmarks. They use no stack and no data, so that one page, mapped anywhere at the same address, is all
 * that a protection domain needs. Local ECs get their UTCB address as stack pointer.
 */

        .section .text.bench_server, "ax"
        .balign 4096
        .globl  server_page
server_page:

/* Portal of the IPC benchmarks: two instructions. The MTD stays in X1, and the message words in the UTCB go back. */
        .globl  server_reply
server_reply:
        mov     x0, #1                  /* ipc_reply; the next call enters at server_reply again */
        svc     #0

/* Portal that proves a message arrived and went back: inverts all words of the UTCB */
        .globl  server_invert
server_invert:
        mov     x2, sp
        mov     w3, #512
1:      ldr     x4, [x2]
        mvn     x4, x4
        str     x4, [x2], #8
        subs    w3, w3, #1
        b.ne    1b
        mov     x0, #1
        svc     #0

/* Portal for undefined instructions with MTD = EL2_ELR_SPSR: skips the four bytes of UDF */
        .globl  server_skip
server_skip:
        ldr     x2, [sp, #0x1e0]        /* ELR_EL2 in the architectural UTCB layout */
        add     x2, x2, #4
        str     x2, [sp, #0x1e0]
        mov     x0, #1
        svc     #0

/* Partner of the semaphore ping-pong, entered with X0 = struct { uint64_t down, up; }: five instructions a round */
        .globl  server_pingpong
server_pingpong:
        ldp     x19, x20, [x0]
        mov     x1, xzr                 /* no timeout */
1:      mov     x0, x19
        svc     #0
        mov     x0, x20
        svc     #0
        b       1b

        .balign 4096
