/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The format of stage 2, and guest spaces, which are trees of it (interface specification, 7.4.2). No CPU runs a guest yet, and no
 * SMMU is programmed: there are no DMA spaces.
 */
#include <stage2.h>

#include <rcu.h>
#include <stage2_arch.h>
#include <tlb_hole.h>

unsigned stage2_levels, stage2_root_order;
struct desc_format stage2_format;

static struct vtcr shape;

/* XN[1:0], D8.4.2: with FEAT_XNX 0 both execute, 1 EL0 alone, 2 nobody, 3 EL1 alone; without it XN[0] is 0 and XU and XS are one */
static uint64_t xn (unsigned perm, bool xnx)
{
    bool const xu = perm & PERM_MEM_XU, xs = perm & PERM_MEM_XS;

    if (!xnx)
        return xu || xs ? 0 : 2;

    return xu ? xs ? 0 : 1 : xs ? 3 : 2;
}

void stage2_init (struct vtcr const *v, bool xnx)
{
    shape               = *v;
    stage2_levels       = v->levels;
    stage2_root_order   = v->root_order;
    stage2_format.share = v->lpa2 ? 0 : DESC_SH;

    for (unsigned p = 1; p <= DESC_PERMS; p++)          /* S2AP[0] is R, S2AP[1] is W, as here                      */
        stage2_format.perm[p] = (uint64_t)p << DESC_PERM_SHIFT | (uint64_t)(p & (PERM_MEM_R | PERM_MEM_W)) << DESC_AP_SHIFT |
                                xn (p, xnx) << DESC_XN_SHIFT;

    /* Memory type, D8.5.5: 0b00xx device with the type's number; otherwise outer and inner, 1 NC, 2 WT, 3 WB */
    for (unsigned ca = 0; ca <= MAD_CA_MASK; ca++)
        stage2_format.type[ca] = DESC_LEAF | (uint64_t)(ca & 4 ? (ca & 3) * 5 : ca) << DESC_TYPE_SHIFT;
}

unsigned stage2_bits (void)        { return shape.bits; }
unsigned stage2_output_bits (void) { return shape.lpa2 ? 52 : 48; }

uint64_t stage2_vtcr (uint64_t mmfr0, uint64_t mmfr1) { return vtcr_value (&shape, mmfr0, mmfr1); }

static INDIRECT_TARGET unsigned input_bits (void) { return shape.bits; }
static INDIRECT_TARGET unsigned leaf_max (void)   { return MIN (2U, stage2_levels - 1); }
static INDIRECT_TARGET unsigned root_order (void) { return stage2_root_order; }

static struct ptab_fmt const fmt;

static INDIRECT_TARGET bool free_table (struct rcu_head *h) { return ptab_free (&fmt, h); }

static void dead_table (pte_slot_t *table, unsigned level) { rcu_call (buddy_rcu (table, level), free_table); }

/* No CPU has a guest's tables loaded. When one has, this is an invalidation of the guest's VMID, before it is another's page. */
static void flush (void) {}

static struct ptab_fmt const fmt = {
    .wide       = VTCR_CONCAT_MAX,
    .leaf_max   = leaf_max,
    .addr_mask  = DESC_ADDR,
    .table_attr = DESC_TABLE,
    .kind       = desc_kind,
    .leaf       = desc_leaf,
    .attr       = desc_of_leaf,
    .dead       = dead_table,
    .hole       = tlb_hole,
    .clean      = tlb_hole_clean,
    .direct     = desc_direct,
    .broken     = desc_broken,
    .is_broken  = desc_is_broken,
    .flush      = flush,
};

static INDIRECT_TARGET uint64_t from_phys (unsigned perm, uint32_t mad) { return desc_attr (&stage2_format, perm, mad); }

static INDIRECT_TARGET uint64_t from_host (uint64_t attr, unsigned pmm)
{
    return desc_attr (&stage2_format, desc_perm (attr) & pmm, desc_mad (attr));
}

static INDIRECT_TARGET long update (void *root, uint64_t gpa, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    desc_fold (&pa, &a);

    return ptab_update_levels (&fmt, stage2_levels, root, gpa, pa, order, a, flush);
}

static INDIRECT_TARGET void dead (pte_slot_t *root) { dead_table (root, (stage2_levels - 1) | stage2_root_order << 4); }

static struct stage2 const gst = {
    .target     = { .from_phys = from_phys, .from_host = from_host, .leaf_max = leaf_max, .step = HPT_STEP_ORDER,
                    .update = update },
    .bits       = input_bits,
    .root_order = root_order,
    .dead       = dead,
};

struct stage2 const *stage2_gst (void) { return &gst; }
struct stage2 const *stage2_dma (void) { return NULL; }
