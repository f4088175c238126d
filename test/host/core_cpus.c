/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUs that take turns: the state of those that do not run is kept elsewhere, as if it were mapped there. */
#include <core.h>

#include <cpu.h>
#include <hazard.h>
#include <ipi.h>
#include <preempt.h>
#include <rcu.h>
#include <space_hst.h>
#include <tlb.h>
#include <tlb_hole.h>

static struct cpu_local saved[CORE_CPUS];

uint64_t core_flushes[CORE_CPUS];
struct cpuset core_kicked;
void (*core_preempt) (void);
unsigned core_points, core_stops;

void core_preempt_some (void)
{
    static uint64_t seed = 41;

    core_points++;

    if (host_random (&seed) % 3 == 0) {
        cpu_local.hazard |= HAZARD_SCHED;
        core_stops++;
    }
}

void core_cpu (unsigned cpu)
{
    unsigned const old = cpu_local.id;

    if (cpu == old)
        return;

    saved[old]      = cpu_local;
    cpu_remote[old] = &saved[old];
    cpu_local       = saved[cpu];
    cpu_local.id    = cpu;
    cpu_local.token = cpu + 1;
    if (!rlx_load (&cpu_local.hole))
        rlx_store (&cpu_local.hole, tlb_hole_first ((cpu_t)cpu));
    cpu_remote[cpu] = &cpu_local;
}

void cpu_kick (cpu_t c)                 { cpuset_set (&core_kicked, c); }
void cpu_stop (UNUSED cpu_t c)          { fail(); }
void tlb_flush_local (void)             { core_flushes[cpu_local.id]++; }
void preemption_point (void)            { if (core_preempt) core_preempt(); }

/* The CPU serves it at once; whoever waits would wait forever otherwise */
void ipi_tlb (cpu_t c)
{
    unsigned const old = cpu_local.id;

    core_cpu (c);
    tlb_serve();
    core_cpu (old);
}
