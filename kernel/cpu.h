/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs of the system. The architecture starts them; numbers are dense, the boot CPU is 0. */
#pragma once

#include <base/compiler.h>
#include <cpuset.h>

struct cpu_local;

extern struct cpuset     cpus_online;                   /* grows during boot only, fixed before the root task runs  */
extern struct cpu_local *cpu_remote[CPU_MAX];           /* cpu_local of every online CPU through its global address */

/* Numbers are dense, and the boot CPU is always online */
static inline unsigned cpu_count (void) { return bit_high (cpus_online.bits) + 1; }

/* Hands a call over to another CPU, which runs it after a grace period of its own; then that CPU may touch what it owns. */
struct rcu_head;
void cpu_defer (cpu_t, struct rcu_head *);

/* The interrupt of cpu_kick(): looks into the inboxes of this CPU */
void cpu_kicked (void);

/* A bounded part of what others have made ready on this CPU; clears HAZARD_READY when it was the last one, sets it otherwise */
void cpu_ready_step (void);

#define INBOX_STEP  32                                  /* links that are touched in one go, for each inbox         */

void cpus_stop_others (void);                           /* for good: panic, power-off                               */
void cpus_kick (struct cpuset const *);                 /* interrupt them: they re-evaluate their hazards           */

/* Contract, implemented by the architecture */
NORETURN void cpu_halt_forever (void);
void cpu_stop  (cpu_t);                                 /* that other CPU calls cpu_halt_forever()                  */
void cpu_kick  (cpu_t);                                 /* that CPU is interrupted, and calls cpu_kicked()          */
void cpu_idle  (void);                                  /* wait for an interrupt with interrupts on, then off again */
