/* SPDX-License-Identifier: GPL-2.0-only */
/* Host page tables: format descriptor and its instance of the generic core. */
#include <hpt.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <memory.h>
#include <rcu.h>

#define CONCAT_MAX  4                                   /* up to 16 tables in a row are the top level (Arm ARM, D8.2.2) */

unsigned hpt_levels = 3, hpt_root_order;
uint64_t user_end;

static unsigned bits;
static bool has_xnx;                                    /* EL0 and EL1 may execute or not, each by itself           */

/* The fewest levels that concatenation allows */
void hpt_init (unsigned paddr_bits, bool xnx)
{
    bits           = MIN (paddr_bits, HPT_BITS_MAX);
    has_xnx        = xnx;
    hpt_levels     = (bits - CONCAT_MAX - PAGE_BITS + PTAB_BPL - 1) / PTAB_BPL;
    hpt_root_order = bits > ptab_shift (hpt_levels) ? bits - ptab_shift (hpt_levels) : 0;
    user_end       = BIT64 (bits);
}

unsigned hpt_bits (void) { return bits; }

/* SL0 of a 4 KiB granule: 0 for a start at level 2 of the architecture's numbers, 1 at level 1, 2 at level 0 */
uint64_t hpt_vtcr (void) { return (uint64_t)(hpt_levels - 2) << 6 | (64 - bits); }

static inline enum pte_kind kind (uint64_t pte, unsigned level)
{
    return !(pte & HPT_P) ? PTE_HOLE : level == 0 || !(pte & HPT_T) ? PTE_LEAF : PTE_TABLE;
}

static inline uint64_t leaf (uint64_t attr, unsigned level) { return level ? attr & ~HPT_T : attr; }
static inline uint64_t attr (uint64_t pte, unsigned level)  { (void)level; return (pte & ~HPT_ADDR) | HPT_T; }

static struct ptab_fmt const fmt;

static INDIRECT_TARGET bool free_table (struct rcu_head *h) { return ptab_free (&fmt, h); }

void hpt_dead (pte_slot_t *table, unsigned level) { rcu_call (buddy_rcu (table, level), free_table); }

static struct ptab_fmt const fmt = {
    .wide       = CONCAT_MAX,
    .leaf_max   = hpt_leaf_max,
    .addr_mask  = HPT_ADDR,
    .table_attr = HPT_TABLE,
    .kind       = kind,
    .leaf       = leaf,
    .attr       = attr,
    .dead       = hpt_dead,
};

uint64_t hpt_lookup (pte_slot_t *root, uint64_t va, paddr_t *pa, unsigned *order)
{
    return ptab_lookup_levels (&fmt, hpt_levels, root, va, pa, order);
}

static NOINLINE enum status update_some (pte_slot_t *root, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return ptab_update_levels (&fmt, hpt_levels, root, va, pa, order, a, flush);
}

enum status hpt_update (pte_slot_t *root, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    if (LIKELY (!order) && ptab_update_page (&fmt, hpt_levels, root, va, pa, a, flush))
        return STATUS_SUCCESS;

    return update_some (root, va, pa, order, a, flush);
}

/* Neither splits nor allocates: a kernel page is never part of a larger leaf. */
void hpt_remove_kernel (pte_slot_t *root, uint64_t va, paddr_t page)
{
    pte_slot_t *table = root;

    for (unsigned l = hpt_levels - 1; l; l--) {

        uint64_t const e = acq_load (&table[ptab_index_of (&fmt, hpt_levels, va, l)]);

        if (kind (e, l) != PTE_TABLE)
            return;

        table = kmem_virt (e & HPT_ADDR);
    }

    uint64_t e = rlx_load (&table[ptab_index (va, 0)]);

    if (hpt_kernel (e) && (e & HPT_ADDR) == page)
        atomic_cas (&table[ptab_index (va, 0)], &e, 0);
}

/* XN[1:0], D8.4.2: with FEAT_XNX 0 both execute, 1 EL0 alone, 2 nobody, 3 EL1 alone; without it XN[0] is 0 and XU and XS are one */
static uint64_t xn (unsigned perm)
{
    bool const xu = perm & PERM_MEM_XU, xs = perm & PERM_MEM_XS;

    if (!has_xnx)
        return xu || xs ? 0 : HPT_XN1;

    return xu ? xs ? 0 : HPT_XN0 : xs ? HPT_XN1 | HPT_XN0 : HPT_XN1;
}

/* Memory type of stage 2, D8.5.5: 0b00xx device with the type's number; otherwise outer and inner, 1 NC, 2 WT, 3 WB */
uint64_t hpt_attr (unsigned perm, uint32_t mad)
{
    perm &= PERM_MEM_R | PERM_MEM_W | PERM_MEM_XU | PERM_MEM_XS;

    if (!perm)
        return 0;

    uint64_t const ca = mad_ca (mad), type = ca & 4 ? (ca & 3) * 5 : ca;

    return HPT_P | HPT_T | HPT_A | (perm & PERM_MEM_R ? HPT_R : 0) | (perm & PERM_MEM_W ? HPT_W : 0) | xn (perm) |
           type << HPT_MA_SHIFT | (uint64_t)mad_sh (mad) << HPT_SH_SHIFT;
}

unsigned hpt_perm (uint64_t a)
{
    bool const x0 = !(a & HPT_XN0), x1 = !(a & HPT_XN1);
    bool const xu = x1, xs = has_xnx ? x0 == x1 : x1;

    return !(a & HPT_P) ? 0 : (a & HPT_R ? PERM_MEM_R : 0) | (a & HPT_W ? PERM_MEM_W : 0) | (xu ? PERM_MEM_XU : 0) |
           (xs ? PERM_MEM_XS : 0);
}

uint32_t hpt_mad (uint64_t a)
{
    unsigned const type = a >> HPT_MA_SHIFT & 15, sh = a >> HPT_SH_SHIFT & 3;

    return (type & 12 ? 4 | (type & 3) : type) | sh << MAD_SH_SHIFT;
}

uint64_t hpt_restrict (uint64_t a, unsigned pmm)
{
    unsigned const perm = hpt_perm (a) & pmm;

    if (!perm || hpt_kernel (a))
        return 0;

    return (a & ~(HPT_R | HPT_W | HPT_XN0 | HPT_XN1)) | (perm & PERM_MEM_R ? HPT_R : 0) | (perm & PERM_MEM_W ? HPT_W : 0) | xn (perm);
}

uint64_t hpt_attr_kernel (bool write)
{
    return hpt_attr (PERM_MEM_R | (write ? PERM_MEM_W : 0), MAD_RAM) | HPT_KERNEL;
}
