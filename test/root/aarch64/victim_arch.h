/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions of aarch64 that raise exceptions. */
#pragma once

#define VICTIM_ENTER    "stp x29, x30, [sp, #-16]!; mov x29, sp"
#define VICTIM_JUMP     "b victim_next"
#define VICTIM_LEAVE    "mov sp, x29; ldp x29, x30, [sp], #16; ret"
#define VICTIM_ADDR     "adrp x0, victim_addr; ldr x0, [x0, #:lo12:victim_addr]"

#define VICTIM_LIST \
    VICTIM (ud,    "",           "udf #0") \
    VICTIM (fpu,   ".arch_extension fp", "fmov d0, xzr") \
    VICTIM (brk,   "",           "brk #0x123") \
    VICTIM (svc2,  "mov x0, #0xf", "svc #2") \
    VICTIM (hvc,   "",           "hvc #0") \
    VICTIM (smc,   "",           "smc #0") \
    VICTIM (daif,  "",           "msr daifset, #0xf") \
    VICTIM (el1,   "",           "mrs x0, sctlr_el1") \
    VICTIM (el2,   "",           "mrs x0, hcr_el2") \
    VICTIM (eret,  "",           "eret") \
    VICTIM (tlbi,  "",           "tlbi vmalle1") \
    VICTIM (pc,    "adr x0, victim_next; add x0, x0, #2", "br x0") \
    VICTIM (read,  VICTIM_ADDR,  "ldrb w1, [x0]") \
    VICTIM (write, VICTIM_ADDR "; mov w1, #0xcafe; movk w1, #0x600d, lsl #16", "str x1, [x0]") \
    VICTIM (jump,  VICTIM_ADDR,  "blr x0") \
    VICTIM (push,  "",           "stp x0, x1, [sp, #-16]!; ldp x0, x1, [sp], #16")
