/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest spaces have the tables of host spaces: to the CPU both are stage 2, with as many bits (interface specification, 7.4.2). No CPU
 * runs a guest yet, and no SMMU is programmed: there are no DMA spaces.
 */
#include <stage2.h>

#include <hpt.h>

/* Targets of indirect calls of their own: hosts call those of hpt.h directly, and often */
static INDIRECT_TARGET uint64_t from_phys (unsigned perm, uint32_t mad)         { return hpt_attr (perm, mad); }
static INDIRECT_TARGET uint64_t from_host (uint64_t a, unsigned pmm)            { return hpt_restrict (a, pmm); }
static INDIRECT_TARGET unsigned leaf_max (void)                                 { return hpt_leaf_max(); }

static INDIRECT_TARGET enum status update (void *root, uint64_t gpa, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return hpt_update (root, gpa, pa, order, a, flush);
}

static INDIRECT_TARGET unsigned bits (void)             { return hpt_bits(); }
static INDIRECT_TARGET unsigned root_order (void)       { return hpt_root_order; }
static INDIRECT_TARGET void     dead (pte_slot_t *root) { hpt_dead (root, (hpt_levels - 1) | hpt_root_order << 4); }

static struct stage2 const npt = {
    .target     = { .from_phys = from_phys, .from_host = from_host, .leaf_max = leaf_max, .update = update },
    .bits       = bits,
    .root_order = root_order,
    .dead       = dead,
};

struct stage2 const *stage2_gst (void) { return &npt; }
struct stage2 const *stage2_dma (void) { return NULL; }
