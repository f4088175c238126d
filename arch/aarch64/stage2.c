/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest spaces have the tables of host spaces: to the CPU both are stage 2, with as many bits (interface specification, 7.4.2). No CPU
 * runs a guest yet, and no SMMU is programmed: there are no DMA spaces.
 */
#include <stage2.h>

#include <hpt.h>

static enum status update (void *root, uint64_t gpa, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return hpt_update (root, gpa, pa, order, a, flush);
}

static unsigned root_order (void)       { return hpt_root_order; }
static void     dead (pte_slot_t *root) { hpt_dead (root, (hpt_levels - 1) | hpt_root_order << 4); }

static struct stage2 const npt = {
    .target     = { .from_phys = hpt_attr, .from_host = hpt_restrict, .leaf_max = hpt_leaf_max, .update = update },
    .bits       = hpt_bits,
    .root_order = root_order,
    .dead       = dead,
};

struct stage2 const *stage2_gst (void) { return &npt; }
struct stage2 const *stage2_dma (void) { return NULL; }
