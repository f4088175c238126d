/* SPDX-License-Identifier: GPL-2.0-only */
/* Host space: the virtual memory of a PD. How its page tables hang together is space_root.h. */
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <cpu_local.h>
#include <cpuset.h>
#include <kobject.h>
#include <ptab.h>
#include <spinlock.h>
#include <space_hst_arch.h>

struct space_pio;

struct space_hst {
    struct kobject   obj;
    struct pd       *pd;                                /* reference; null for the NOVA host space                  */
    uint64_t         tag;                               /* of its translations in the TLBs, 0: none; fixed          */
    pte_slot_t      *table;                             /* top level; fixed                                         */
    struct spinlock  lock;                              /* creation of top-level entries and of CPU tables          */
    uint32_t         retire_next;                       /* how far the retirement has come                          */
    _Atomic (uint64_t *) cpu_table[CPU_TABLES];         /* Ordering: release by space_hst_root(), acquire elsewhere */
};

extern struct space_hst space_hst_nova;

enum status space_hst_nova_init (void) MUST_CHECK;
enum status space_hst_create (struct space_hst **out, struct pd *) MUST_CHECK;     /* BAD_CAP, MEM_OBJ              */
void        space_hst_unlink (struct kobject *);
bool        space_hst_retire (struct kobject *);

/*
 * Delegates 2^ord pages. ssb, dsb: page numbers, aligned to ord. Continues at *progress (pages done) and stores there how far it came.
 * SUCCESS, MEM_CAP; SYS_DEFER (-1): interrupted, to be called again.
 */
INDIRECT_NEVER long        space_hst_delegate (struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord,
                                unsigned pmm, uint32_t mad, uint64_t *progress) MUST_CHECK;

/* Maps a kernel page (UTCB, HIP) for the user; it cannot be delegated from there. SUCCESS, MEM_CAP; SYS_DEFER (-1): others change its
 * tables at this moment, to be called again. Interrupts have come in then. */
long        space_hst_map_kernel (struct space_hst *, uint64_t hva, void *page, bool write) MUST_CHECK;
void        space_hst_unmap_kernel (struct space_hst *, uint64_t hva, void const *page);

/* Loads the page tables; this CPU */
static inline void space_hst_switch (paddr_t root)
{
    if (UNLIKELY (root != rlx_load (&cpu_local.root))) {
        rlx_store (&cpu_local.root, root);              /* Ordering: before what root_load() looks at; pairs with tlb.c */
        root_load (root);
    }
}

#include <space_root.h>
