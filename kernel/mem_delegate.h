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
#define MEM_CHUNKS_PER_RCU      32                      /* until reclamation has its turn                           */

struct mem_target {
    uint64_t    (*from_phys) (unsigned perm, uint32_t mad);         /* attributes as its tables have them; 0: no permission */
    uint64_t    (*from_host) (uint64_t hpt_attr, unsigned pmm);     /* the same, of a page that a host space maps   */
    unsigned    (*leaf_max) (void);                     /* highest level that may hold leaves                       */
    unsigned    step;                                   /* so many entries of a table between two preemption points, binary logarithm */
    long        (*update) (void *space, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush);
};

/* What the source offers at a page: attributes after masking, physical address, and the order of the uniform area around it, of
 * which the caller needs no more than it passes in */
ALWAYS_INLINE uint64_t mem_source (struct mem_target const *t, struct space_hst *src, uint64_t page, unsigned pmm, uint32_t mad,
                                   paddr_t *pa, unsigned *order)
{
    uint64_t const va = page << PAGE_BITS;

    if (!pmm)                                           /* a revocation, whatever is there                          */
        return 0;

    if (src != &space_hst_nova)
        return t->from_host (space_hst_lookup (src, va, pa, order), pmm);

    *pa = va;

    return space_mem_allowed (va, order) ? t->from_phys (pmm, mad) : 0;
}

/* How much of a uniform area of that order one step takes: a bounded number of entries, and the page below `alone` by itself */
ALWAYS_INLINE unsigned mem_step (struct mem_target const *t, uint64_t page, unsigned order, uint64_t attr, uint64_t alone)
{
    unsigned level = attr ? MIN (order / PTAB_BPL, t->leaf_max()) : order / PTAB_BPL;

    order = MIN (order, level * PTAB_BPL + t->step);

    if (LIKELY (!attr || page + BIT64 (order) != alone))
        return order;

    order--;                                            /* half of one entry is many of the level below             */
    level = MIN (level, order / PTAB_BPL);

    return MIN (order, level * PTAB_BPL + t->step);
}

/*
 * Delegates 2^ord pages; ssb and dsb are aligned to ord, and neither range leaves its space. The page below `alone` is not mapped
 * together with others (0: no such page). Continues at *progress (pages done) and stores there how far it came. *flush: translations
 * that are no longer so may be cached somewhere. SUCCESS, MEM_CAP; SYS_DEFER: interrupted, to be called again.
 */
ALWAYS_INLINE long mem_delegate (struct mem_target const *t, void *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                                 unsigned pmm, uint32_t mad, uint64_t alone, uint64_t *progress, bool *flush)
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
        if (i)                                          /* the source may change while it is read: never misaligned */
            o = MIN (o, bit_low (i));
        if (o)
            o = mem_step (t, dsb + i, o, attr, alone);

        uint64_t done = BIT64 (o);

        status = t->update (dst, (dsb + i) << PAGE_BITS, attr ? pa : 0, o, attr, flush);
        if (UNLIKELY (status != STATUS_SUCCESS)) {

            if (!ptab_is_met (status)) {
                *progress = i;
                break;
            }

            done   = ptab_met_behind (status);          /* another CPU changes the same: interrupts come in, and we go on */
            status = STATUS_SUCCESS;
        }

        i += done;

        if (i < pages) {
            preemption_point();
            if (cpu_local.hazard & HAZARD_PREEMPT || (++chunks % MEM_CHUNKS_PER_RCU == 0 && cpu_local.hazard & HAZARD_RCU)) {
                *progress = i;
                status = SYS_DEFER;
                break;
            }
        }
    }

    return status;
}
