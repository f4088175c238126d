/* SPDX-License-Identifier: GPL-2.0-only */
/* Host page tables: format descriptor and its instance of the generic core, with break before make (Arm ARM, D8.16.1). */
#include <hpt.h>

#include <cpu_local.h>
#include <memory.h>
#include <rcu.h>
#include <stage2_arch.h>
#include <tag.h>
#include <tlb_hole.h>

#define AP_USER         BIT64 (6)
#define AP_READ_ONLY    BIT64 (7)
#define NG              BIT64 (11)                      /* of the ASID that is loaded                               */
#define PXN             BIT64 (53)
#define UXN             BIT64 (54)

unsigned hpt_levels, hpt_root_order;
uint64_t user_end;

static struct desc_format format;                       /* fixed at boot                                            */
static unsigned bits;

/*
 * Stage 1, D8.3.1 and D8.4.1. AP[1] is EL0's access, AP[2] takes writes away, from the kernel as well. There is no writing without
 * reading. The kernel executes nothing here, so XS changes nothing but what may be delegated on.
 */
static void stage1_init (void)
{
    for (unsigned p = 1; p <= DESC_PERMS; p++)
        format.perm[p] = (uint64_t)p << DESC_PERM_SHIFT | (p & (PERM_MEM_R | PERM_MEM_W) ? AP_USER : 0) |
                         (p & PERM_MEM_W ? 0 : AP_READ_ONLY) | PXN | (p & PERM_MEM_XU ? 0 : UXN);

    for (unsigned ca = 0; ca <= MAD_CA_MASK; ca++)      /* MAIR_VALUE has the types in this order                   */
        format.type[ca] = DESC_LEAF | NG | (uint64_t)ca << DESC_TYPE_SHIFT;

    format.share = DESC_SH;
}

void hpt_init (unsigned input_bits, bool stage1)
{
    bits     = input_bits;
    user_end = BIT64 (bits);

    if (stage1) {
        hpt_levels     = (bits - PAGE_BITS + PTAB_BPL - 1) / PTAB_BPL;
        stage1_init();
    } else {
        hpt_levels     = stage2_levels;
        hpt_root_order = stage2_root_order;
        format         = stage2_format;
    }
}

unsigned hpt_bits (void) { return bits; }

static struct ptab_fmt const fmt;

static INDIRECT_TARGET bool free_table (struct rcu_head *h) { return ptab_free (&fmt, h); }

void hpt_dead (pte_slot_t *table, unsigned level) { rcu_call (buddy_rcu (table, level), free_table); }

/* Of the space that this CPU updates */
static void flush (void) { root_flush (cpu_local.arch.updated); }

static struct ptab_fmt const fmt = {
    .wide       = VTCR_CONCAT_MAX,
    .leaf_max   = hpt_leaf_max,
    .addr_mask  = DESC_ADDR,
    .table_attr = DESC_TABLE,
    .kind       = desc_kind,
    .leaf       = desc_leaf,
    .attr       = desc_of_leaf,
    .dead       = hpt_dead,
    .hole       = tlb_hole,
    .clean      = tlb_hole_clean,
    .direct     = desc_direct,
    .broken     = desc_broken,
    .is_broken  = desc_is_broken,
    .flush      = flush,
};

uint64_t hpt_lookup (pte_slot_t *root, uint64_t va, paddr_t *pa, unsigned *order)
{
    return desc_unfold (&format, pa, ptab_lookup_levels (&fmt, hpt_levels, root, va, pa, order));
}

static NOINLINE long update_some (pte_slot_t *root, uint64_t tag, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    cpu_local.arch.updated = root_tagged (kmem_phys (root), tag);

    return ptab_update_levels (&fmt, hpt_levels, root, va, pa, order, a, flush);
}

long hpt_update (pte_slot_t *root, uint64_t tag, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    desc_fold (&pa, &a);

    if (LIKELY (!order) && ptab_update_page (&fmt, hpt_levels, root, va, pa, a, flush))
        return STATUS_SUCCESS;

    return update_some (root, tag, va, pa, order, a, flush);
}

/* Neither splits nor allocates: a kernel page is never part of a larger leaf. */
void hpt_remove_kernel (pte_slot_t *root, uint64_t va, paddr_t page)
{
    pte_slot_t *table = root;

    for (unsigned l = hpt_levels - 1; l; l--) {

        uint64_t const e = acq_load (&table[ptab_index_of (&fmt, hpt_levels, va, l)]);

        if (desc_kind (e, l) != PTE_TABLE)
            return;

        table = kmem_virt (e & HPT_ADDR);
    }

    uint64_t e = rlx_load (&table[ptab_index (va, 0)]);

    if (hpt_kernel (e) && (e & HPT_ADDR) == page)
        atomic_cas (&table[ptab_index (va, 0)], &e, tlb_hole());
}

uint64_t hpt_attr (unsigned perm, uint32_t mad)      { return desc_attr (&format, perm, mad); }
uint64_t hpt_restrict (uint64_t attr, unsigned pmm)  { return desc_restrict (&format, attr, pmm); }

uint64_t hpt_attr_kernel (bool write)
{
    return hpt_attr (PERM_MEM_R | (write ? PERM_MEM_W : 0), MAD_RAM) & ~((uint64_t)DESC_PERMS << DESC_PERM_SHIFT);
}
