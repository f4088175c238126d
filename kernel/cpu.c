/* SPDX-License-Identifier: GPL-2.0-only */
/* The set of CPUs, and work that one CPU hands over to another. */
#include <cpu.h>

#include <cpu_local.h>
#include <ec.h>
#include <hazard.h>
#include <recall.h>
#include <scheduler.h>

struct cpuset     cpus_online;
struct cpu_local *cpu_remote[CPU_MAX];

void cpu_defer (cpu_t cpu, struct rcu_head *h)
{
    rcu_count();

    if (inbox_push (&cpu_remote[cpu]->deferred, &h->link))
        cpu_kick (cpu);
}

static bool deferred (void)
{
    unsigned touch = INBOX_STEP;

    for (struct inbox_link *l; (l = inbox_next (&cpu_local.deferred, &touch)); ) {

        struct rcu_head *const h = container_of (l, struct rcu_head, link);

        rcu_call (h, h->func);
        rcu_uncount();
    }

    return !inbox_empty (&cpu_local.deferred);
}

void cpu_ready_step (void)
{
    bool more = ec_wake_pending();

    more |= scheduler_admit_pending();
    more |= deferred();
    more |= scheduler_release_pending();

    if (UNLIKELY (more))
        cpu_local.hazard |= HAZARD_READY;
    else
        cpu_local.hazard &= ~HAZARD_READY;
}

void cpus_kick (struct cpuset const *s)
{
    for (uint64_t m = s->bits; m; m &= m - 1)
        cpu_kick ((cpu_t)bit_low (m));
}

void cpus_stop_others (void)
{
    for (uint64_t m = cpus_online.bits; m; m &= m - 1)
        if (bit_low (m) != cpu_local.id)
            cpu_stop ((cpu_t)bit_low (m));
}

void cpu_kicked (void)
{
    recall_serve();

    /* What a step before has left waits with HAZARD_READY. */
    if (inbox_arrived (&cpu_local.wake) || inbox_arrived (&cpu_local.admit) || inbox_arrived (&cpu_local.deferred))
        cpu_ready_step();

    rcu_kicked();
}
