/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions executed with chosen contents of all registers. */
#pragma once

#include <stdint.h>
#include <abi/utcb.h>

enum { X0, X29 = 29, X30, SP, GPRS };

struct regs {
    uint64_t    gpr[GPRS];                              /* before and after; SP is out only                     */
    uint64_t    flags;                                  /* before and after: NZCV                               */
    uint64_t    sp;                                     /* out: before                                          */
};

/* For tests of all architectures. REGS_ALL has no bit for the stack pointer. */
enum { REG_P0, REG_P1, REG_P2, REG_P3, REG_P4, REG_SP = SP, REGS_ALL = 0x7fffffff };
enum { REGS_LOST = 0, SPIN_USES = 1 << 17 };            /* by a hypercall, by regs_spin ()                      */
#define FLAGS_NONE      UINT32_C (0)
#define FLAGS_STATUS    UINT32_C (0xf0000000)           /* N Z C V                                              */
#define FLAGS_ALL       FLAGS_STATUS
#define FLAGS_FREE      UINT32_C (0)

/* Of the state that an event carries, with MTD_GPRS */
static inline uint64_t volatile *utcb_reg (struct utcb_arch volatile *u, unsigned i) { return i == SP ? &u->sp_el0 : &u->gpr[i]; }

void regs_syscall (struct regs *);
void regs_ud2 (struct regs *);                          /* an undefined instruction                             */
void regs_brk (struct regs *);
void regs_svc2 (struct regs *);                         /* SVC #2                                               */
void regs_read (struct regs *);                         /* below the program: REGS_READ_BELOW in front of itself */
void regs_fmov (struct regs *);
void regs_daif (struct regs *);                         /* MSR DAIFSET                                          */
void regs_smc (struct regs *);                          /* SVC #1                                               */
void regs_spin (struct regs *);                         /* until regs_go is not 0                               */

enum { REGS_READ_BELOW = 0x80000 };                     /* more than the program has code                       */

extern char const regs_brk_at[], regs_brk_next[], regs_svc2_next[], regs_read_at[], regs_read_next[], regs_fmov_at[], regs_fmov_next[];
extern char const regs_syscall_next[], regs_ud2_at[], regs_ud2_next[], regs_smc_next[];
extern uint32_t volatile regs_go;

/* Portal entry: stores all registers to regs_seen, sets them to patterns, replies with one word. For local_bare (). */
void regs_portal (void);

/* Portal entry: a secure monitor call with word 0 as its identifier; replies with the result */
void server_smc (void);

extern uint64_t volatile regs_seen[GPRS];

/* Tests of the architecture: what else a hypercall does to registers, and to the server that it wakes */
void regs_check (struct regs const *, char const *call);
void regs_check_portal (void);
void regs_check_flags (struct regs *);                  /* r: parameters of hypercall 0xf                       */

char const *regs_name (char const *what, char const *call);

/* What regs_portal leaves in a register */
static inline uint64_t regs_pattern (unsigned i) { return UINT64_C (0x5e5e5e5e00000000) + i; }
