/* SPDX-License-Identifier: GPL-2.0-only */
/* The set of CPUs, and work that one CPU hands over to another. */
#include <cpu.h>

#include <cpu_local.h>

struct cpuset     cpus_online;
struct cpu_local *cpu_remote[CPU_MAX];

void cpu_defer (cpu_t cpu, struct rcu_head *h)
{
    struct cpu_local *const c = cpu_remote[cpu];
    struct rcu_head *head = rlx_load (&c->deferred);

    atomic_add (&rcu_outstanding, 1);

    do
        h->next = head;
    while (!atomic_cas (&c->deferred, &head, h));

    if (!head)
        cpu_kick (cpu);
}

void cpu_deferred (void)
{
    if (LIKELY (!rlx_load (&cpu_local.deferred)))
        return;

    for (struct rcu_head *h = atomic_swap (&cpu_local.deferred, NULL), *next; h; h = next) {
        next = h->next;
        rcu_call (h, h->func);
        atomic_sub (&rcu_outstanding, 1);
    }
}
