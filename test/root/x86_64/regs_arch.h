/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of x86, and instructions of regs.S. */
#pragma once

#include <stdint.h>
#include <abi/utcb.h>

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, GPRS };

/* For tests of all architectures. REGS_ALL has no bit for the stack pointer. */
enum { REG_P0 = RDI, REG_P1 = RSI, REG_P2 = RDX, REG_P3 = RAX, REG_SP = RSP, REGS_ALL = 0xffef };
enum { REGS_LOST = 1 << RCX | 1 << R11, SPIN_USES = 0 };    /* by a hypercall, by regs_spin (), but for flags          */
enum { FLAGS_NONE = 0x202, FLAGS_STATUS = 0xcd5 };          /* OF DF SF ZF AF PF CF                                 */
enum { FLAGS_ALL = FLAGS_STATUS | 1 << 18, FLAGS_FREE = 1 << 18 };  /* AC: may be anything when an EC begins         */
enum { FLAGS_SEEN = 0xffd5 };                               /* of an event                                          */

/* Of the state that an event carries, with MTD_GPRS */
static inline uint64_t volatile *utcb_reg (struct utcb_arch volatile *u, unsigned i) { return &u->gpr[i]; }

/* NOP: with RFLAGS.TF, #DB behind it; INT 0x40, which has no gate of DPL 3; a read of address 0x1000; DIV by RCX */
#define REGS_LIST   REGS_RUN (int3); REGS_RUN (nop); REGS_RUN (hlt); REGS_RUN (int); REGS_RUN (read); REGS_RUN (pxor); REGS_RUN (div)
