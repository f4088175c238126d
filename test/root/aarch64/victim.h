/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that raise exceptions. Whoever handles them lets them go on at victim_next, with the stack as it is there. */
#pragma once

#include <regs.h>

extern struct regs victim_regs;
extern uint64_t volatile victim_addr;                   /* for read, write, jump                                */
extern char const victim_next[];

#define VICTIM(name)    void victim_##name (void); extern char const victim_##name##_at[]

VICTIM (ud);
VICTIM (fpu);
VICTIM (brk);                                           /* immediate 0x123                                      */
VICTIM (svc2);                                          /* SVC #2                                               */
VICTIM (hvc);
VICTIM (smc);
VICTIM (daif);                                          /* MSR DAIFSET                                          */
VICTIM (el1);                                           /* MRS from SCTLR_EL1                                   */
VICTIM (el2);                                           /* MRS from HCR_EL2                                     */
VICTIM (eret);
VICTIM (tlbi);
VICTIM (pc);                                            /* branch to an address that is not aligned             */
VICTIM (read);
VICTIM (write);                                         /* 0x600dcafe                                           */
VICTIM (jump);
VICTIM (push);
