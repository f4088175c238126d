/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * System Time Counter: the time-stamp counter (interface specification, 2.6: x86 reads IA32_TSC). Its frequency comes
 * from, in this order: a hypervisor's statement, CPUID leaf 0x15, a measurement against the HPET, the ACPI PM timer or the
 * 8254 timer, and at last the base frequency of CPUID leaf 0x16.
 */
#pragma once

#include <insn.h>

#include <base/types.h>

struct acpi;

/*
 * Boot CPU, after cpu_features_init() and once mmio_map() works. Prints one line. Ends within a few seconds even if every
 * timer is dead.
 */
void clock_init (struct acpi const *);

/* Every other CPU, before it reads the clock: undoes what firmware added to its TSC but not to the boot CPU's */
void clock_cpu_init (void);

uint64_t clock_freq (void);                             /* Hz, never 0 after clock_init()                       */

static inline uint64_t clock_now (void) { return rdtsc(); }

uint64_t clock_ticks_ms (uint64_t ms);                  /* rounded down; UINT64_MAX when it does not fit        */
uint64_t clock_ticks_us (uint64_t us);
void     clock_delay_us (uint64_t us);                  /* at least so long                                     */
