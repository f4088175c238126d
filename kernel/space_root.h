/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page tables of a host space where the CPU has one tree of tables for user and kernel: the tables below the top level are shared by
 * all CPUs; each CPU on which the PD has an EC has a top-level table of its own, because it also maps the data of that CPU. An
 * architecture whose user addresses have a tree of their own replaces this file, space_root.c and tlb.c.
 */
#pragma once

#include <buddy.h>
#include <memory.h>
#include <space_hst.h>

/* Makes s->table. False: out of memory */
bool        space_root_create (struct space_hst *) MUST_CHECK;

/* The same back: nothing was ever mapped */
static inline void space_root_abandon (struct space_hst *s) { buddy_free (s->table); }

/* Nobody uses them, nor will: frees tables in steps; true: to be called again */
bool        space_root_retire (struct space_hst *);

/* Root for a CPU: its top-level table, made if need be, with the tag; 0: out of memory. pio: bitmap to map, may be null. */
paddr_t     space_hst_root (struct space_hst *, struct space_pio *pio, cpu_t) MUST_CHECK;

/* This CPU has the NOVA host space loaded afterwards, if it had this root: whoever held the tables is about to let them go. */
void        space_hst_leave (paddr_t root);

/* Makes the table below a top-level entry: that goes into the master table and into those of the CPUs. Null: no memory. */
pte_slot_t *space_root_extend (struct space_hst *, uint64_t va);

/* The table below the top-level entry for an address, or null. Such an entry never changes again until the space goes. */
static inline pte_slot_t *space_hst_below_top (struct space_hst *s, uint64_t va)
{
    uint64_t const e = dep_load (&s->table[hpt_slot (va)]);

    return LIKELY (e) ? kmem_virt (e & HPT_ADDR) : NULL;
}

/* As ptab_lookup() */
static inline uint64_t space_hst_lookup (struct space_hst *s, uint64_t va, paddr_t *pa, unsigned *order)
{
    pte_slot_t *const table = space_hst_below_top (s, va);

    return LIKELY (table) ? hpt_lookup (table, hpt_levels - 1, va, pa, order) : 0;
}

/* As ptab_update(), within one entry of the top level */
static inline long space_hst_update (struct space_hst *s, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush)
{
    if (UNLIKELY (attr && va + (PAGE_SIZE << order) == USER_END))
        attr = hpt_last_page (attr);

    pte_slot_t *table = space_hst_below_top (s, va);

    if (UNLIKELY (!table)) {

        if (!attr)
            return STATUS_SUCCESS;                      /* nothing to remove                                        */

        table = space_root_extend (s, va);
        if (UNLIKELY (!table))
            return STATUS_MEM_CAP;
    }

    return hpt_update (table, hpt_levels - 1, va, pa, order, attr, flush);
}
