/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance counters for user mode (abi/record.h: record_pmu). With pmu=EVENT,... on the kernel's command line each CPU programs them
 * once and lets user mode read them; the kernel never does. Without, user mode is refused: counters tell what others do.
 */
#pragma once

#include <abi/record.h>
#include <base/types.h>

/* Boot CPU, after record_init(), with a command line: chooses counters, says which in one line, and adds their record */
void pmu_init (void);

/* Each CPU, whenever it starts: its counters count, if there are any */
void pmu_cpu_init (void);

/* ---- What the architecture does -------------------------------------------------------------------------------------------------- */

enum pmu_taken { PMU_TAKEN, PMU_NOT_COUNTED, PMU_NONE_LEFT };

/* Boot CPU: has it counters? Then none is taken. */
bool pmu_arch_init (void);

/* Boot CPU: takes a counter for the event, fills in how it is read. Each event once at most. */
enum pmu_taken pmu_arch_take (enum pmu_event, struct pmu_counter *);

/* Each CPU: programs the counters that are taken, from 0, and opens them to user mode. False: it cannot, and user mode is refused */
bool pmu_arch_enable (void);
