/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Delegation of memory from a host space to a space of any kind that holds memory capabilities (interface specification,
 * 5.4.1): goes through the source in uniform chunks and leaves the destination's tables to the destination. Inline with a
 * visible static const description of it, so that host spaces get straight code.
 */
#pragma once

#include <base/macros.h>
#include <cpu_local.h>
#include <ipc.h>
#include <preempt.h>
#include <ptab.h>
#include <space_hst.h>
#include <space_mem.h>

#define MEM_CHUNK_ORDER_MAX     18                      /* 1 GiB: stays below one top-level entry                   */
#define MEM_CHUNKS_PER_POINT    32                      /* between two preemption points                            */

struct mem_target {
    uint64_t    (*from_phys) (unsigned perm, uint32_t mad);         /* attributes as its tables have them; 0: no permission */
    uint64_t    (*from_host) (uint64_t hpt_attr, unsigned pmm);     /* the same, of a page that a host space maps   */
    enum status (*update) (void *space, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush);
};

/* What the source offers at a page: attributes after masking, physical address, and the order of the uniform area around it, of
 * which the caller needs no more than it passes in */
ALWAYS_INLINE uint64_t mem_source (struct mem_target const *t, struct space_hst *src, uint64_t page, unsigned pmm, uint32_t mad,
                                   paddr_t *pa, unsigned *order)
{
    uint64_t const va = page << PAGE_BITS;

    if (src != &space_hst_nova) {

        pte_slot_t *const table = space_hst_below_top (src, va);

        return LIKELY (table) ? t->from_host (hpt_lookup (table, hpt_levels - 1, va, pa, order), pmm) : 0;
    }

    *pa = va;

    return space_mem_allowed (va, order) ? t->from_phys (pmm, mad) : 0;
}

/*
 * Delegates 2^ord pages; ssb and dsb are aligned to ord, and neither range leaves its space. Mapped chunks have at most the order
 * `chunk`. Continues at *progress (pages done) and stores there how far it came. *flush: translations that are no longer so may be
 * cached somewhere. SUCCESS, MEM_CAP; SYS_DEFER: interrupted, to be called again.
 */
ALWAYS_INLINE long mem_delegate (struct mem_target const *t, void *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                                 unsigned pmm, uint32_t mad, unsigned chunk, uint64_t *progress, bool *flush)
{
    uint64_t const pages = BIT64 (ord);
    unsigned chunks = 0;
    long status = STATUS_SUCCESS;

    for (uint64_t i = *progress; i < pages; ) {

        paddr_t pa = 0;
        unsigned const most = MIN (ord, MEM_CHUNK_ORDER_MAX);
        unsigned o = most;
        uint64_t const attr = mem_source (t, src, ssb + i, pmm, mad, &pa, &o);

        o = MIN (o, most);
        if (chunk < MEM_CHUNK_ORDER_MAX && attr)
            o = MIN (o, chunk);
        if (i)                                          /* the source may change while it is read: never misaligned */
            o = MIN (o, bit_low (i));

        status = t->update (dst, (dsb + i) << PAGE_BITS, attr ? pa : 0, o, attr, flush);
        if (UNLIKELY (status != STATUS_SUCCESS))
            break;

        i += BIT64 (o);

        if (++chunks % MEM_CHUNKS_PER_POINT == 0 && i < pages) {
            preemption_point();
            if (cpu_local.hazard & (HAZARD_SCHED | HAZARD_RCU)) {
                *progress = i;
                status = SYS_DEFER;
                break;
            }
        }
    }

    return status;
}
