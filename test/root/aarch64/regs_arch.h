/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of aarch64, and instructions of regs.S. */
#pragma once

#include <stdint.h>
#include <abi/utcb.h>

enum { X0, X29 = 29, X30, SP, GPRS };

/* For tests of all architectures. REGS_ALL has no bit for the stack pointer. */
enum { REG_P0, REG_P1, REG_P2, REG_P3, REG_P4, REG_SP = SP, REGS_ALL = 0x7fffffff };
enum { REGS_LOST = 0, SPIN_USES = 1 << 17 };            /* by a hypercall, by regs_spin ()                      */
#define FLAGS_NONE      UINT32_C (0)
#define FLAGS_STATUS    UINT32_C (0xf0000000)           /* N Z C V                                              */
#define FLAGS_ALL       FLAGS_STATUS
#define FLAGS_FREE      UINT32_C (0)
#define FLAGS_SEEN      (FLAGS_STATUS | UINT32_C (0x1f))    /* of an event: EL0, AArch64                            */

/* Of the state that an event carries, with MTD_GPRS */
static inline uint64_t volatile *utcb_reg (struct utcb_arch volatile *u, unsigned i) { return i == SP ? &u->sp_el0 : &u->gpr[i]; }

enum { REGS_READ_BELOW = 0x80000 };                     /* regs_read (): so far in front of itself, more than the program has code */

/* BRK #0x123, SVC #2, a load that faults, FMOV, MSR DAIFSET, SVC #1 */
#define REGS_LIST   REGS_RUN (brk); REGS_RUN (svc2); REGS_RUN (read); REGS_RUN (fmov); REGS_RUN (daif); REGS_RUN (smc)
