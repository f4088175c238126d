/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB shootdown. The changed entries were written with locked instructions before; a CPU that switches to the space stores
 * the root in cpu_local.root and then loads it with a serializing instruction. So either we see the root there and interrupt
 * the CPU, or that CPU loads the root after our change is visible and caches nothing old.
 */
#include <tlb.h>

#include <cpu.h>
#include <cpu_local.h>
#include <ipi.h>
#include <pause.h>
#include <space_hst.h>

void tlb_serve (void)
{
    uint32_t const request = acq_load (&cpu_local.tlb_request);

    if (LIKELY (request == rlx_load (&cpu_local.tlb_done)))
        return;

    tlb_flush_local();
    rel_store (&cpu_local.tlb_done, request);
}

void tlb_shootdown (struct space_hst *s)
{
    struct cpuset wait = { 0 };
    uint32_t ticket[CPU_MAX];

    full_fence();

    for (uint64_t m = cpus_online.bits; m; m &= m - 1) {

        cpu_t const c = (cpu_t)bit_low (m);
        uint64_t *const table = acq_load (&s->cpu_table[c]);

        if (!table || rlx_load (&cpu_remote[c]->root) != kmem_phys (table))
            continue;

        if (c == cpu_local.id)
            tlb_flush_local();
        else {
            ticket[c] = atomic_add (&cpu_remote[c]->tlb_request, 1) + 1;
            cpuset_set (&wait, c);
            ipi_tlb (c);
        }
    }

    for (uint64_t m = wait.bits; m; m &= m - 1) {

        cpu_t const c = (cpu_t)bit_low (m);

        while ((int32_t)(acq_load (&cpu_remote[c]->tlb_done) - ticket[c]) < 0) {
            tlb_serve();                                /* it may be waiting for us                                 */
            pause();
        }
    }
}
