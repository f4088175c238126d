/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Process-context identifiers: what the TLBs and paging-structure caches hold is tagged with the PCID in CR3, and only what has
 * the tag of the loaded tables is used (Intel SDM 3A, 4.10.1 to 4.10.3; AMD APM 2, 5.5.1). A host space has one PCID, so
 * that switching back to it finds its translations.
 *
 * PCID 0 is for spaces without one: loading their tables drops what has it. A CPU on which translations of another PCID are
 * out of date is told by a mark; it drops them when it loads the space next. doc/memory.md says why no mark is missed.
 */
#pragma once

#include <base/atomic.h>
#include <base/compiler.h>
#include <cpu_local.h>
#include <cr.h>
#include <segment.h>

/* Bits of CR3 besides the address of the table (SDM 3A, table 4-12 and 4.10.4.1); with CR4.PCIDE only */
#define ROOT_PCID   UINT64_C (0xfff)
#define ROOT_KEEP   BIT64 (63)                          /* keep what is cached for this PCID                        */

#define PCID_COUNT  4096

STATIC_ASSERT (PCID_COUNT == 64 * ARRAY_SIZE (((struct cpu_arch *)0)->stale_pcid));

/* Boot CPU, with a command line: whether PCIDs are used */
bool pcid_in_use (void);

/* Boot CPU: uses them from now on if so, and says so */
void pcid_init (void);

/* Every CPU, also when it resumes, while it has tables with PCID 0 loaded (SDM 3A, 4.10.1) */
void pcid_cpu_init (void);

void pcid_enable (void);                                /* from now on, spaces get PCIDs; none has one yet         */

/* Takes the mark away; true if there was one. This CPU, which flushes afterwards: a later mark must not be lost. */
bool pcid_unmark (paddr_t root);

/* What to load for a root with a PCID: without ROOT_KEEP if there is a mark. This CPU, after a full barrier; called by entry.S */
INDIRECT_NEVER paddr_t root_fresh (paddr_t root);

/* Contract of space_hst_arch.h: tags --------------------------------------------------------------------------------- */

/* Bits that turn the address of a table into a root; 0: none, the space shares PCID 0. Any CPU */
uint64_t tag_alloc (void);

/* No CPU has a root with the tag loaded, nor will it have before the tag is allocated again. Any CPU */
void tag_free (uint64_t tag);

/* That CPU may have translations with this tag that are out of date: it drops them before it uses the tag next. Any CPU. A full
 * barrier must follow before the caller looks whether the CPU uses the tag right now. */
void tag_stale (cpu_t, uint64_t tag);

static inline paddr_t root_tagged (paddr_t table, uint64_t tag) { return table | tag; }

/* Loads page tables; cpu_local.root is set before. SWITCH_SPACE in entry.S does the same, but for the selectors. */
static inline void root_load (paddr_t root)
{
    segment_clear();

    if (root & ROOT_KEEP) {

        full_fence();                                   /* Ordering: store of cpu_local.root before; pairs with tlb.c */

        if (UNLIKELY (rlx_load (&cpu_local.arch.stale)))
            root = root_fresh (root);
    }

    cr3_write (root);
}

/* Drops all translations of user addresses of the loaded tables (SDM 3A, 4.10.4.1); kernel pages are global and stay */
static inline void tlb_flush_local (void)
{
    paddr_t root = rlx_load (&cpu_local.root);

    if (root & ROOT_KEEP) {
        (void)pcid_unmark (root);                       /* first: what is marked from now on may not be covered     */
        root &= ~ROOT_KEEP;
    }

    cr3_write (root);
}
