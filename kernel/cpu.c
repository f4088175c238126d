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
    atomic_add (&rcu_outstanding, 1);

    if (inbox_push (&cpu_remote[cpu]->deferred, &h->link))
        cpu_kick (cpu);
}

static void deferred (void)
{
    for (struct inbox_link *l = inbox_take (&cpu_local.deferred), *next; l; l = next) {

        struct rcu_head *const h = container_of (l, struct rcu_head, link);

        next = l->next;
        rcu_call (h, h->func);
        atomic_sub (&rcu_outstanding, 1);
    }
}

void cpu_kicked (void)
{
    recall_serve();
    ec_wake_pending();
    scheduler_admit_pending();
    deferred();

    cpu_local.hazard |= HAZARD_RCU;                     /* a batch may wait for this CPU                            */
}
