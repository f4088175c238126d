/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB shootdown. A CPU that does not have the space loaded may hold translations of it under its tag. It is not interrupted: a
 * mark makes it drop them when it comes to the space. The two sides are Dekker's:
 *
 *   here:   change entries; mark the tag stale; full barrier; read cpu_local.root of the CPU
 *   there:  store cpu_local.root; full barrier; read the mark; load the tables, with a flush if there was one
 *
 * At least one sees the other. Either we see the root, interrupt the CPU and wait, or it reads its mark after we set it, so it
 * flushes after the entries have changed, and before it walks them under that tag again. Without a tag there is no mark: loading
 * the tables always flushes, and is the barrier.
 */
#include <tlb.h>

#include <cpu.h>
#include <cpu_local.h>
#include <ipi.h>
#include <pause.h>
#include <space_hst.h>
#include <tlb_hole.h>

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

    if (s->tag)
        for (uint64_t m = cpus_online.bits & ~BIT64 (cpu_local.id); m; m &= m - 1)
            if (acq_load (&s->cpu_table[bit_low (m)]))
                tag_stale ((cpu_t)bit_low (m), s->tag);

    full_fence();

    for (uint64_t m = cpus_online.bits; m; m &= m - 1) {

        cpu_t const c = (cpu_t)bit_low (m);
        uint64_t *const table = acq_load (&s->cpu_table[c]);

        if (!table)
            continue;

        bool const loaded = rlx_load (&cpu_remote[c]->root) == root_tagged (kmem_phys (table), s->tag);

        if (c == cpu_local.id) {
            if (loaded)
                tlb_flush_local();
            else
                tag_stale (c, s->tag);
        } else if (loaded) {
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

    tlb_hole_flushed();
}
