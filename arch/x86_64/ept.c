/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Intel's two formats of second-level page tables: EPT for guests, and what VT-d walks for devices. They share the layout of an
 * entry. Accessed and dirty flags are not enabled: no CPU and no IOMMU ever writes an entry.
 */
#include <ept.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <hpt.h>
#include <rcu.h>
#include <stage2.h>
#include <virt.h>

#define PRESENT     (EPT_R | EPT_W | EPT_X | EPT_XU)

/* An entry that refers to a table permits all that its format knows: the leaf alone decides */
#define EPT_TABLE   (EPT_R | EPT_W | EPT_X | EPT_XU)
#define VTD_TABLE   (EPT_R | EPT_W)

uint64_t ept_type (uint32_t mad)
{
    static uint8_t const type[] = { [MAD_WB] = 6, [MAD_WT] = 4, [MAD_WC] = 1, [MAD_UC] = 0, [MAD_WP] = 5 };

    return (uint64_t)type[mad_ca (mad)] << EPT_TYPE_SHIFT;
}

/*
 * Without MBEC, XU and XS are one (interface specification, 4.1.3). Writable but not readable, and, unless the CPU says otherwise,
 * executable but not readable would be misconfigurations (SDM 3C, 29.3.3.1): these pages are readable, as on the host.
 * The guest's PAT may still weaken the type (bit 6, "ignore PAT", stays 0).
 */
INDIRECT_TARGET uint64_t ept_attr (unsigned perm, uint32_t mad)
{
    bool const xs = perm & (virt_ept_mbec() ? PERM_MEM_XS : PERM_MEM_XS | PERM_MEM_XU), xu = virt_ept_mbec() && perm & PERM_MEM_XU;
    bool const w = perm & PERM_MEM_W, r = perm & PERM_MEM_R || w || ((xs || xu) && !virt_ept_x_only());

    if (!(r || xs || xu))
        return 0;

    return (r ? EPT_R : 0) | (w ? EPT_W : 0) | (xs ? EPT_X : 0) | (xu ? EPT_XU : 0) | ept_type (mad);
}

/* Devices read and write, each by itself; they execute nothing. The type matters in scalable mode. */
INDIRECT_TARGET uint64_t vtd_attr (unsigned perm, uint32_t mad)
{
    if (!(perm & (PERM_MEM_R | PERM_MEM_W)))
        return 0;

    return (perm & PERM_MEM_R ? EPT_R : 0) | (perm & PERM_MEM_W ? EPT_W : 0) | ept_type (mad);
}

static INDIRECT_TARGET uint64_t ept_from_host (uint64_t a, unsigned pmm)
{
    return hpt_kernel (a) ? 0 : ept_attr (hpt_perm (a) & pmm, hpt_mad (a));
}

static INDIRECT_TARGET uint64_t vtd_from_host (uint64_t a, unsigned pmm)
{
    return hpt_kernel (a) ? 0 : vtd_attr (hpt_perm (a) & pmm, hpt_mad (a));
}

static inline enum pte_kind kind (uint64_t pte, unsigned level)
{
    return !(pte & PRESENT) ? PTE_HOLE : level == 0 || (level < 3 && pte & EPT_S) ? PTE_LEAF : PTE_TABLE;
}

static inline uint64_t leaf (uint64_t attr, unsigned level) { return level ? attr | EPT_S : attr; }
static inline uint64_t attr (uint64_t pte, unsigned level)  { (void)level; return pte & ~(EPT_ADDR | EPT_S); }

static void dead (pte_slot_t *table, unsigned level);

static struct ptab_fmt const ept_fmt;

/* Both formats have tables of one form */
static INDIRECT_TARGET bool free_table (struct rcu_head *h) { return ptab_free (&ept_fmt, h); }

static void dead (pte_slot_t *table, unsigned level) { rcu_call (buddy_rcu (table, level), free_table); }

/* Large pages are an option of each IOMMU (VT-d 11.4.2, SLLPS), and so is the depth. Until a driver has asked all of them, 4 KiB. */
static INDIRECT_TARGET unsigned vtd_leaf_max (void) { return 0; }

#define FMT(max, table) { .levels = VTD_LEVELS, .leaf_max = max, .addr_mask = EPT_ADDR, .table_attr = table, .kind = kind, .leaf = leaf, \
                          .attr = attr, .dead = dead }

static struct ptab_fmt const ept_fmt = FMT (virt_ept_leaf_max, EPT_TABLE), vtd_fmt = FMT (vtd_leaf_max, VTD_TABLE);

static INDIRECT_TARGET long ept_update (void *root, uint64_t gpa, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return ptab_update_levels (&ept_fmt, virt_ept_levels(), root, gpa, pa, order, a, flush);
}

static INDIRECT_TARGET long vtd_update (void *root, uint64_t dva, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    return ptab_update (&vtd_fmt, root, dva, pa, order, a, flush);
}

static INDIRECT_TARGET unsigned ept_bits (void) { return ptab_shift (virt_ept_levels()); }
static INDIRECT_TARGET unsigned vtd_bits (void) { return ptab_shift (VTD_LEVELS); }

static INDIRECT_TARGET void ept_dead (pte_slot_t *root) { dead (root, virt_ept_levels() - 1); }
static INDIRECT_TARGET void vtd_dead (pte_slot_t *root) { dead (root, VTD_LEVELS - 1); }

struct stage2 const ept = {
    .target = { .from_phys = ept_attr, .from_host = ept_from_host, .leaf_max = virt_ept_leaf_max, .step = HPT_STEP_ORDER,
                .update = ept_update },
    .bits   = ept_bits,
    .dead   = ept_dead,
};

struct stage2 const vtd = {
    .target = { .from_phys = vtd_attr, .from_host = vtd_from_host, .leaf_max = vtd_leaf_max, .step = HPT_STEP_ORDER,
                .update = vtd_update },
    .bits   = vtd_bits,
    .dead   = vtd_dead,
};
