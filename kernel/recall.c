/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recall: a hazard of the EC, and an interrupt for its CPU if it may be in user mode there.
 *
 * A strong recall waits with interrupts off, but without a lock, and does meanwhile what other CPUs may be waiting for: so CPUs
 * that recall each other, or wait for each other's TLBs, all go on. A CPU that is idle takes the interrupt; one that is in
 * the kernel does so at its next preemption point or on its way out.
 */
#include <recall.h>

#include <cpu.h>
#include <cpu_local.h>
#include <ec.h>
#include <pause.h>
#include <tlb.h>

void recall (struct ec *ec, bool strong)
{
    uint32_t const old = atomic_or (&ec->hazard, HAZARD_RECALL);

    if (ec->cpu == cpu_local.id)
        return;

    if (!strong) {
        if (!(old & HAZARD_RECALL))
            cpu_kick (ec->cpu);
        return;
    }

    struct cpu_local *const c = cpu_remote[ec->cpu];
    uint32_t const ticket = atomic_add (&c->kick_request, 1) + 1;

    cpu_kick (ec->cpu);

    while ((int32_t)(acq_load (&c->kick_done) - ticket) < 0) {
        tlb_serve();
        recall_serve();
        pause();
    }
}

void recall_serve (void)
{
    uint32_t const request = acq_load (&cpu_local.kick_request);

    if (request != rlx_load (&cpu_local.kick_done))
        rel_store (&cpu_local.kick_done, request);
}
