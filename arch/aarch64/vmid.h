/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Virtual machine identifiers: what the TLBs hold of stage 2, and of EL0, is tagged with the VMID in VTTBR_EL2. A space has one for
 * all CPUs, and invalidations are broadcast by the hardware, so no CPU ever keeps what is out of date.
 *
 * VMID 0 is for spaces that found none: loading their tables drops what this CPU has of it.
 */
#pragma once

#include <base/macros.h>
#include <cpu_local.h>
#include <sysreg.h>

/* Bits of a root besides the address of the table, which is VTTBR_EL2 but for the first one */
#define ROOT_UNTAGGED       BIT64 (0)                   /* VMID 0: nothing may be left of it when the root is loaded */
#define ROOT_VMID_SHIFT     48

/* Boot CPU: 8 or 16 bits */
void vmid_init (unsigned bits);

/* Bits that turn the address of a table into a root; 0: none. Any CPU */
uint64_t tag_alloc (void);

/* No CPU has a root with the tag loaded, nor will it have before the tag is allocated again; TLBs hold nothing of it afterwards */
void tag_free (uint64_t tag);

static inline paddr_t root_tagged (paddr_t table, uint64_t tag) { return table | (tag ? tag : ROOT_UNTAGGED); }

/* Loads page tables; cpu_local.root is set before. SWITCH_SPACE in entry.S does the same. ERET synchronizes. */
static inline void root_load (paddr_t root)
{
    sysreg_write (vttbr_el2, root & ~ROOT_UNTAGGED);

    if (UNLIKELY (root & ROOT_UNTAGGED))
        __asm__ volatile ("isb; tlbi vmalls12e1; dsb nsh" : : : "memory");
}

/* Drops what any CPU holds under the tag of a root. The stores that it is about are done. */
static inline void root_flush (paddr_t root)
{
    uint64_t const loaded = sysreg_read (vttbr_el2), other = root & ~ROOT_UNTAGGED;

    if (loaded != other) {
        sysreg_write (vttbr_el2, other);
        isb();
    }

    __asm__ volatile ("dsb ishst; tlbi vmalls12e1is; dsb ish; isb" : : : "memory");

    if (loaded != other) {

        sysreg_write (vttbr_el2, loaded);
        isb();

        if (!(loaded >> ROOT_VMID_SHIFT))               /* both may have VMID 0: nothing of the other one stays     */
            __asm__ volatile ("tlbi vmalls12e1; dsb nsh" : : : "memory");
    }
}
