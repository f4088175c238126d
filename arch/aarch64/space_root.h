/* SPDX-License-Identifier: GPL-2.0-only */
/* Page tables of a host space: one tree of stage-2 tables for all CPUs. Replaces the top-level tables per CPU of kernel/. */
#pragma once

#include <space_hst.h>

/* Makes s->table. False: out of memory */
bool        space_root_create (struct space_hst *) MUST_CHECK;

/* The same back: nothing was ever mapped */
void        space_root_abandon (struct space_hst *);

/* Nobody uses them, nor will: frees tables in steps; true: to be called again */
bool        space_root_retire (struct space_hst *);

/* This CPU has the NOVA host space loaded afterwards, if it had this root: whoever held the tables is about to let them go. */
void        space_hst_leave (paddr_t root);

/* Root for a CPU; never 0. Nobody runs in the NOVA host space, and its table is empty: there is nothing that a TLB could hold of it. */
static inline paddr_t space_hst_root (struct space_hst *s, struct space_pio *pio, cpu_t cpu)
{
    (void)pio;
    (void)cpu;

    return s == &space_hst_nova ? kmem_phys (s->table) : root_tagged (kmem_phys (s->table), s->tag);
}

/* As ptab_lookup() */
static inline uint64_t space_hst_lookup (struct space_hst *s, uint64_t va, paddr_t *pa, unsigned *order)
{
    return hpt_lookup (s->table, va, pa, order);
}

/* As ptab_update() */
static inline long space_hst_update (struct space_hst *s, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush)
{
    return hpt_update (s->table, s->tag, va, pa, order, attr, flush);
}
