/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The server sides of benchmarks. They use no stack and no data, so that one page, mapped anywhere at the same address, is all
 * that a protection domain needs. Local ECs get their UTCB address as stack pointer.
 */

        .section .text.bench_server, "ax"
        .balign 4096
        .globl  server_page
server_page:

/* Spins until so many ticks are over, at the beginning of a portal those of its PID. Changes X9, X10. As INSN_DELAY in timed.h */
        .macro  DELAY ticks=x0
        isb
        mrs     x9, cntvct_el0
2:      isb
        mrs     x10, cntvct_el0
        sub     x10, x10, x9
        cmp     x10, \ticks
        b.lo    2b
        .endm

/* ipc_reply; the next call enters at the portal again */
        .macro  reply
        mov     x0, #1
        svc     #0
        .endm

        .macro  skip
        ldr     x2, [sp, #0x1e0]        /* ELR_EL2 in the architectural UTCB layout; UDF has four bytes */
        add     x2, x2, #4
        str     x2, [sp, #0x1e0]
        .endm

/* Says in the first word of its UTCB when it was entered or, equally well, when it left. As stamp.h: two instructions behind MRS */
        .macro  stamp
        isb
        mrs     x2, cntvct_el0
        isb
        str     x2, [sp]
        .endm

#include <server_variants.inc>

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
        reply

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

/* The same with a delay before its up; struct { uint64_t down, up, ticks; } */
        .globl  server_delay_pingpong
server_delay_pingpong:
        ldp     x19, x20, [x0]
        ldr     x21, [x0, #16]
        mov     x1, xzr
1:      mov     x0, x19
        svc     #0
        DELAY   x21
        mov     x0, x20
        svc     #0
        b       1b

/* Makes the hypercall that is the portal's PID, with the MTD of the message as second parameter, and replies: three instructions */
        .globl  server_hypercall
server_hypercall:
        svc     #0
        reply

/* Calls a portal again and again, with one word; entered with X0 = its ipc_call: four instructions a round */
        .globl  server_caller
server_caller:
        mov     x19, x0
1:      mov     x0, x19
        mov     x1, xzr
        svc     #0
        b       1b

/* Uses the FPU, and replies: three instructions */
        .globl  server_fpu
server_fpu:
        .arch_extension fp
        fmov    d0, xzr
        .arch_extension nofp
        reply

/* Portal for data aborts: the hypercall whose parameters PID points at. What was transferred goes back: eight instructions */
        .globl  server_map
server_map:
        mov     x19, x1
        ldr     x4, [x0, #0x20]
        ldp     x2, x3, [x0, #0x10]
        ldp     x0, x1, [x0]
        svc     #0
        mov     x1, x19
        reply

/* Portal for startup events with MTD = EL2_ELR_SPSR: the EC goes to server_park */
        .globl  server_start
server_start:
        adr     x2, server_park
        str     x2, [sp, #0x1e0]
        reply

/* Blocks for ever: the stack pointer is the first parameter of ctrl_sm down */
server_park:
        mov     x0, sp
        mov     x1, xzr
        svc     #0
        b       server_park

/* A function that returns */
        .globl  server_return
server_return:
        ret

        .balign 4096
