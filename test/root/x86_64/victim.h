/* SPDX-License-Identifier: GPL-2.0-only */
/* Functions that raise exceptions. Whoever handles them lets them go on at victim_next, with the stack as it is there. */
#pragma once

#include <regs.h>

extern struct regs victim_regs;
extern uint64_t volatile victim_addr;                   /* for read, write, jump                                */
extern char const victim_next[];

#define VICTIM(name)    void victim_##name (void); extern char const victim_##name##_at[]

VICTIM (ud);
VICTIM (de);
VICTIM (bp);
VICTIM (of);
VICTIM (db);                                            /* by POPF with TF: the trap is behind a NOP            */
VICTIM (gp);                                            /* loads DS with selector 0xfff8                        */
VICTIM (hlt);
VICTIM (int80);
VICTIM (int14);
VICTIM (cli);
VICTIM (cr);
VICTIM (rdmsr);
VICTIM (in);                                            /* from port 0x1234                                     */
VICTIM (canon);
VICTIM (ss);
VICTIM (fpu);
VICTIM (read);
VICTIM (write);                                         /* 0x600dcafe                                           */
VICTIM (jump);
VICTIM (push);
VICTIM (step);                                          /* hypercall 0xf with TF set                            */
