/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Registers of an EC. The first 18 words have the order of the UTCB's architectural layout, so that state transfer copies
 * blocks. p0...p4 are the hypercall parameters (interface specification, 8.8).
 */
#pragma once

#include <abi/utcb_arch.h>
#include <base/macros.h>

struct regs {
    union {
        uint64_t gpr[16];
        struct { uint64_t rax, rcx, rdx, rbx, rsp, rbp, rsi, rdi, r8, r9, r10, r11, r12, r13, r14, r15; };
    };
    uint64_t rflags, rip;
    uint64_t event, error, cr2;                         /* pending event: number, error code, page-fault address    */
};

STATIC_ASSERT (offsetof (struct regs, rflags) == offsetof (struct utcb_arch, rflags));
STATIC_ASSERT (offsetof (struct regs, rip)    == offsetof (struct utcb_arch, rip));

#define REGS_P0(r)  ((r)->rdi)
#define REGS_P1(r)  ((r)->rsi)
#define REGS_P2(r)  ((r)->rdx)
#define REGS_P3(r)  ((r)->rax)
#define REGS_P4(r)  ((r)->r8)
#define REGS_IP(r)  ((r)->rip)
#define REGS_SP(r)  ((r)->rsp)

/* RFLAGS (Intel SDM 1, 3.4.3) */
enum {
    RFLAGS_FIXED    = 1 << 1,
    RFLAGS_STATUS   = 0x8d5,                            /* CF PF AF ZF SF OF                                        */
    RFLAGS_TF       = 1 << 8,
    RFLAGS_IF       = 1 << 9,
    RFLAGS_DF       = 1 << 10,
    RFLAGS_IOPL     = 3 << 12,
    RFLAGS_NT       = 1 << 14,
    RFLAGS_RF       = 1 << 16,
    RFLAGS_AC       = 1 << 18,
    RFLAGS_USER     = RFLAGS_STATUS | RFLAGS_DF,        /* what an event reply may change                           */
    RFLAGS_INIT     = RFLAGS_FIXED | RFLAGS_IF,
};
