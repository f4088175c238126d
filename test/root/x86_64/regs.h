/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions executed with chosen contents of all registers. */
#pragma once

#include <stdint.h>
#include <abi/utcb.h>

enum { RAX, RCX, RDX, RBX, RSP, RBP, RSI, RDI, R8, R9, R10, R11, R12, R13, R14, R15, GPRS };

struct regs {
    uint64_t    gpr[GPRS];                              /* before and after; RSP is out only                    */
    uint64_t    flags;                                  /* before and after                                     */
    uint64_t    sp;                                     /* out: before                                          */
};

/* For tests of all architectures. REGS_ALL has no bit for the stack pointer. */
enum { REG_P0 = RDI, REG_P1 = RSI, REG_P2 = RDX, REG_P3 = RAX, REG_SP = RSP, REGS_ALL = 0xffef };
enum { REGS_LOST = 1 << RCX | 1 << R11, SPIN_USES = 0 };    /* by a hypercall, by regs_spin ()                     */
enum { FLAGS_NONE = 0x202, FLAGS_STATUS = 0xcd5 };          /* OF DF SF ZF AF PF CF                                 */
enum { FLAGS_ALL = FLAGS_STATUS | 1 << 18, FLAGS_FREE = 1 << 18 };  /* AC: may be anything when an EC begins         */

/* Of the state that an event carries, with MTD_GPRS */
static inline uint64_t volatile *utcb_reg (struct utcb_arch volatile *u, unsigned i) { return &u->gpr[i]; }

void regs_syscall (struct regs *);
void regs_ud2 (struct regs *);
void regs_int3 (struct regs *);
void regs_nop (struct regs *);
void regs_hlt (struct regs *);
void regs_int (struct regs *);                          /* 0x40, which has no gate of DPL 3                     */
void regs_read (struct regs *);                         /* of address 0x1000                                    */
void regs_pxor (struct regs *);
void regs_div (struct regs *);                          /* by RCX                                               */
void regs_spin (struct regs *);                         /* until regs_go is not 0; changes the status flags     */

extern char const regs_syscall_next[], regs_ud2_at[], regs_ud2_next[], regs_int3_next[];
extern char const regs_nop_next[], regs_hlt_at[], regs_hlt_next[], regs_int_at[], regs_int_next[];
extern char const regs_read_at[], regs_read_next[], regs_pxor_at[], regs_pxor_next[];
extern uint32_t volatile regs_go;

/* Portal entry: stores all registers to regs_seen, sets them to patterns, replies with one word. For local_bare (). */
void regs_portal (void);

extern uint64_t volatile regs_seen[GPRS];

/* Tests of the architecture: what else a hypercall does to registers, and to the server that it wakes */
void regs_check (struct regs const *, char const *call);
void regs_check_portal (void);
void regs_check_flags (struct regs *);                  /* r: parameters of hypercall 0xf                       */

char const *regs_name (char const *what, char const *call);

/* What regs_portal leaves in a register */
static inline uint64_t regs_pattern (unsigned i) { return UINT64_C (0x5e5e5e5e00000000) + i; }
