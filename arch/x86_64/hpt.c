/* SPDX-License-Identifier: GPL-2.0-only */
/* Host page tables: format descriptor and its two instances of the generic core. */
#include <hpt.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <cpu_features.h>
#include <memory.h>
#include <rcu.h>
#include <tlb_hole.h>

unsigned hpt_levels = 4;
uint64_t user_end = BIT64 (47);

void hpt_set_levels (unsigned levels)
{
    hpt_levels = levels;
    user_end   = BIT64 (ptab_shift (levels) - 1);       /* the lower half: canonical addresses (SDM 1, 3.3.7.1)     */
}

unsigned hpt_leaf_max (void) { return cpu_has (CPU_PDPE1GB) ? 2 : 1; }

static inline enum pte_kind kind (uint64_t pte, unsigned level)
{
    return !(pte & HPT_P) ? PTE_HOLE : level == 0 || (level < 3 && pte & HPT_S) ? PTE_LEAF : PTE_TABLE;
}

/* The third PAT bit moves from bit 7 to bit 12 where bit 7 says "leaf". */
static inline uint64_t leaf (uint64_t attr, unsigned level)
{
    return level ? (attr & ~HPT_PAT) | HPT_S | (attr & HPT_PAT) << 5 : attr;
}

static inline uint64_t attr (uint64_t pte, unsigned level)
{
    uint64_t const a = pte & ~HPT_ADDR;

    return level ? (a & ~HPT_S) | (pte & HPT_PAT_S) >> 5 : a;
}

static struct ptab_fmt const fmt;

static INDIRECT_TARGET bool free_table (struct rcu_head *h) { return ptab_free (&fmt, h); }

void hpt_dead (pte_slot_t *table, unsigned level) { rcu_call (buddy_rcu (table, level), free_table); }

static struct ptab_fmt const fmt = {
    .leaf_max   = hpt_leaf_max,
    .addr_mask  = HPT_ADDR,
    .table_attr = HPT_TABLE,
    .kind       = kind,
    .leaf       = leaf,
    .attr       = attr,
    .dead       = hpt_dead,
    .hole       = tlb_hole,
    .clean      = tlb_hole_clean,
};

uint64_t hpt_lookup (pte_slot_t *table, unsigned levels, uint64_t va, paddr_t *pa, unsigned *order)
{
    return ptab_lookup_levels (&fmt, levels, table, va, pa, order);
}

static NOINLINE long update_some (pte_slot_t *table, unsigned levels, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return ptab_update_levels (&fmt, levels, table, va, pa, order, a, flush);
}

INDIRECT_NEVER long hpt_update (pte_slot_t *table, unsigned levels, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    if (LIKELY (!order) && ptab_update_page (&fmt, levels, table, va, pa, a, flush))
        return STATUS_SUCCESS;

    return update_some (table, levels, va, pa, order, a, flush);
}

/* Neither splits nor allocates: a kernel page is never part of a larger leaf. */
void hpt_remove_kernel (pte_slot_t *table, uint64_t va, paddr_t page)
{
    for (unsigned l = hpt_levels - 1; l; l--) {

        uint64_t const e = acq_load (&table[ptab_index (va, l)]);

        if (kind (e, l) != PTE_TABLE)
            return;

        table = kmem_virt (e & HPT_ADDR);
    }

    uint64_t e = rlx_load (&table[ptab_index (va, 0)]);

    if (hpt_kernel (e) && (e & HPT_ADDR) == page)
        atomic_cas (&table[ptab_index (va, 0)], &e, tlb_hole());
}

/* x86 pages are readable when they are present, so any permission implies R; XU and XS are one (specification, 4.1.3). */
uint64_t hpt_attr (unsigned perm, uint32_t mad)
{
    if (!(perm & (PERM_MEM_R | PERM_MEM_W | PERM_MEM_XU | PERM_MEM_XS)))
        return 0;

    uint32_t const ca = mad_ca (mad);

    return HPT_P | HPT_U | HPT_A | HPT_D | (perm & PERM_MEM_W ? HPT_W : 0) |
           (perm & (PERM_MEM_XU | PERM_MEM_XS) ? 0 : HPT_NX) |
           (ca & 1 ? HPT_PWT : 0) | (ca & 2 ? HPT_PCD : 0) | (ca & 4 ? HPT_PAT : 0);
}

unsigned hpt_perm (uint64_t a)
{
    return !(a & HPT_P) ? 0 : PERM_MEM_R | (a & HPT_W ? PERM_MEM_W : 0) | (a & HPT_NX ? 0 : PERM_MEM_XU | PERM_MEM_XS);
}

uint32_t hpt_mad (uint64_t a) { return (a & HPT_PWT ? 1 : 0) | (a & HPT_PCD ? 2 : 0) | (a & HPT_PAT ? 4 : 0); }

uint64_t hpt_restrict (uint64_t a, unsigned pmm)
{
    unsigned const perm = hpt_perm (a) & pmm;

    if (!perm || hpt_kernel (a))
        return 0;

    return (a & ~(HPT_W | HPT_NX)) | (perm & PERM_MEM_W ? HPT_W : 0) | (perm & (PERM_MEM_XU | PERM_MEM_XS) ? 0 : HPT_NX);
}
