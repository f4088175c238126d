/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Which format the second-level tables have. SVM's nested page tables (AMD APM 2, 15.25) are those of the host: the CPU walks them
 * as user accesses, with the host's EFER.NXE, CR4.LA57 and PAT, so that U, NX and the PAT index mean the same.
 */
#include <stage2.h>

#include <ept.h>
#include <hpt.h>
#include <init.h>
#include <virt.h>

/* The host's functions are called directly elsewhere, and often: what is called through pointers is their own */

static INDIRECT_TARGET uint64_t npt_attr (unsigned perm, uint32_t mad)          { return hpt_attr (perm, mad); }
static INDIRECT_TARGET uint64_t npt_from_host (uint64_t a, unsigned pmm)        { return hpt_restrict (a, pmm); }
static INDIRECT_TARGET unsigned npt_leaf_max (void)                             { return hpt_leaf_max(); }

static INDIRECT_TARGET long npt_update (void *root, uint64_t gpa, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return hpt_update (root, hpt_levels, gpa, pa, order, a, flush);
}

static INDIRECT_TARGET unsigned npt_bits (void)             { return ptab_shift (hpt_levels); }
static INDIRECT_TARGET void     npt_dead (pte_slot_t *root) { hpt_dead (root, hpt_levels - 1); }

static struct stage2 const npt = {
    .target = { .from_phys = npt_attr, .from_host = npt_from_host, .leaf_max = npt_leaf_max, .step = HPT_STEP_ORDER,
                .update = npt_update },
    .bits   = npt_bits,
    .dead   = npt_dead,
};

struct stage2 const *stage2_gst (void)
{
    switch (virt_kind()) {
        case VIRT_VMX:  return &ept;
        case VIRT_SVM:  return &npt;
        case VIRT_NONE: break;
    }

    return NULL;
}

/* AMD's IOMMU has a format of its own */
struct stage2 const *stage2_dma (void) { return acpi.vtd_units ? &vtd : NULL; }
