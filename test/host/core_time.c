/* SPDX-License-Identifier: GPL-2.0-only */
/* Time and timers of the modelled CPUs. */
#include <core.h>

#include <timer.h>

struct cpu_local cpu_local;

uint64_t core_time = 1000000;
uint64_t core_timer[CORE_CPUS] = { [0 ... CORE_CPUS - 1] = ~UINT64_C (0) };
uint64_t core_timer_sets;

uint64_t timer_now (void) { return core_time; }

void timer_set (uint64_t deadline)
{
    core_timer[cpu_local.id] = deadline;
    core_timer_sets++;
}

uint64_t timer_ms_to_ticks (uint64_t ms) { return ms * 1000; }
