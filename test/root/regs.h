/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions executed with chosen contents of all registers. Which ones there are, beside these, is the architecture's. */
#pragma once

#include <stdint.h>
#include <regs_arch.h>

struct regs {
    uint64_t    gpr[GPRS];                              /* before and after; the stack pointer is out only      */
    uint64_t    flags;                                  /* before and after                                     */
    uint64_t    sp;                                     /* out: before                                          */
};

#define REGS_RUN(name)  void regs_##name (struct regs *); extern char const regs_##name##_at[], regs_##name##_next[]

REGS_RUN (syscall);
REGS_RUN (ud2);                                         /* an undefined instruction                             */
REGS_RUN (spin);                                        /* until regs_go is not 0                               */
REGS_LIST;

extern uint32_t volatile regs_go;

/* Tests of the architecture: what else a hypercall does to registers, and to the server that it wakes */
void regs_check (struct regs const *, char const *call);
void regs_check_portal (void);
void regs_check_flags (struct regs *);                  /* r: parameters of hypercall 0xf                       */

char const *regs_name (char const *what, char const *call);
