/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads and servers without a stack: what they do is in their registers. */

        .section .text.stubs, "ax"
        .globl  stub_crowd, stub_relay, stub_fault, stub_exit

/* A thread of the crowd: the hypercall in the parameter registers once, then that in x19 for ever. x20: counters by status */
stub_crowd:
        svc     #0
        and     x9, x0, #0xff
        add     x9, x20, x9, lsl #3
1:      ldxr    x10, [x9]
        add     x10, x10, #1
        stxr    w11, x10, [x9]
        cbnz    w11, 1b
2:      mov     x0, x19
        mov     x1, xzr
        svc     #0
        b       2b

/* A portal: makes the hypercall that its identifier is, then replies */
stub_relay:
        mov     x1, xzr
        svc     #0
        mov     x0, #1
        mov     x1, xzr
        svc     #0
        udf     #0

/* A portal: has an exception */
stub_fault:
        udf     #0

/* A portal that replies at once */
stub_exit:
        mov     x0, #1
        svc     #0
        udf     #0
