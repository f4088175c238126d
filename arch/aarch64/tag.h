/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tags of what the TLBs hold of host spaces: with VHE, address space identifiers in TTBR0_EL2, else virtual machine identifiers in
 * VTTBR_EL2, both in bits 63...48. A space has one for all CPUs, and invalidations are broadcast by the hardware, so no CPU ever keeps
 * what is out of date.
 *
 * Tag 0 is for spaces that found none: loading their tables drops what this CPU has of it.
 */
#pragma once

#include <base/macros.h>
#include <cpu_local.h>
#include <root_write.h>
#include <sysreg.h>
#include <vhe.h>

/* Bits of a root besides the address of the table, which is TTBR0_EL2 or VTTBR_EL2 but for the first one */
#define ROOT_UNTAGGED       BIT64 (0)                   /* Tag 0: nothing may be left of it when the root is loaded */
#define ROOT_TAG_SHIFT      48
#define ROOT_TAG            (~UINT64_C (0) << ROOT_TAG_SHIFT)

/* Boot CPU: 8 or 16 bits */
void tag_init (unsigned bits);

/* Bits that turn the address of a table into a root; 0: none. Any CPU */
uint64_t tag_alloc (void);

/* No CPU has a root with the tag loaded, nor will it have before the tag is allocated again; TLBs hold nothing of it afterwards */
void tag_free (uint64_t tag);

static inline paddr_t root_tagged (paddr_t table, uint64_t tag) { return table | (tag ? tag : ROOT_UNTAGGED); }

/* Loads page tables; cpu_local.root is set before. SWITCH_SPACE in entry.S does the same. ERET synchronizes. */
static inline void root_load (paddr_t root)
{
    root_write (root & ~ROOT_UNTAGGED);

    if (UNLIKELY (root & ROOT_UNTAGGED)) {
        isb();
        tlbi_tag_0();
        dsb (nsh);
    }
}

/* VMALLS12E1IS is for the VMID that is loaded */
static inline void root_flush_vmid (paddr_t root)
{
    uint64_t const loaded = sysreg_read (vttbr_el2), other = root & ~ROOT_UNTAGGED;

    if (loaded != other) {
        sysreg_write (vttbr_el2, other);
        isb();
    }

    dsb (ish);
    tlbi (vmalls12e1is);
    dsb (ish);

    if (loaded != other) {

        sysreg_write (vttbr_el2, loaded);
        isb();

        if (!(loaded >> ROOT_TAG_SHIFT)) {              /* both may have VMID 0: nothing of the other one stays     */
            tlbi (vmalls12e1);
            dsb (nsh);
        }
    }
}

/*
 * Drops what any CPU holds under the tag of a root. What this CPU has changed in the tables, or has seen changed, is so for all walks: the
 * barrier before it is one of stores and of loads (Arm ARM, B2.3). ERET synchronizes.
 */
static inline void root_flush (paddr_t root)
{
    if (vhe()) {
        dsb (ish);
        tlbi_with (aside1is, root & ROOT_TAG);
        dsb (ish);
    } else
        root_flush_vmid (root);
}
