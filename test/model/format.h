/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The formats of ptab.c: that of test/host/ptab.c, the same where holes have names, and the same with break before make. Part of that
 * program, to be inlined.
 */
#pragma once

#include <explore.h>

static unsigned leaf_max_now;
static bool named, arm;                                 /* holes have names; and break before make                  */

enum { P = 1, T = 2 };

#define ADDR        UINT64_C (0x000ffffffffff000)
#define LEVEL       UINT64_C (0x00f0000000000000)
#define OWNER_SHIFT 56
#define BROKEN      BIT64 (63)
#define NAME_SHIFT  4                                   /* of the CPU that left a hole, 1 ...                       */

static unsigned leaf_max (void) { return leaf_max_now; }

static enum pte_kind kind (uint64_t e, unsigned level)
{
    if (!(e & (P | BROKEN))) {
        CHECK (!e || named || arm);
        return PTE_HOLE;
    }

    if (e & T) {
        CHECK (level);
        return PTE_TABLE;
    }

    CHECK ((e & LEVEL) >> 52 == level + 1);             /* a leaf of this level, converted exactly once             */
    CHECK (level <= leaf_max_now);

    return PTE_LEAF;
}

static uint64_t leaf (uint64_t attr, unsigned level) { return P | (attr & 0x70) << level | (uint64_t)(level + 1) << 52; }

static uint64_t attr (uint64_t e, unsigned level)
{
    CHECK ((e & LEVEL) >> 52 == level + 1);
    return P | ((e & 0xff0) >> level & 0x70);
}

static void free_tables (pte_slot_t *table, unsigned level)
{
    CHECK (model_used (table));

    for (unsigned i = 0; !model_violation && level && i < PTAB_ENTRIES; i++) {
        uint64_t const e = rlx_load (&table[i]);
        CHECK (!(e & BROKEN));
        if (kind (e, level) == PTE_TABLE)
            free_tables (kmem_virt (e & ADDR), level - 1);
    }

    model_unuse (table);
}

static bool preparing;                                  /* one CPU alone: freed at once                             */

static void dead (pte_slot_t *table, unsigned level)
{
    if (model_dead (table, level) && preparing)
        free_tables (table, level);
}

static struct ptab_fmt const fmt = { .leaf_max = leaf_max, .addr_mask = ADDR, .table_attr = P | T, .kind = kind, .leaf = leaf,
                                     .attr = attr, .dead = dead };

/* The same with names of holes, and with break before make ----------------------------------------------------------------*/

static unsigned running;                                /* CPU                                                      */
static pte_slot_t *flushed_by[MODEL_CPUS];              /* a word of each: 1 when its flush is over                 */

static uint64_t hole (void) { return model_fault == NO_NAMES ? 0 : (running + 1) << NAME_SHIFT; }

static bool clean (uint64_t h)
{
    unsigned const by = (unsigned)(h >> NAME_SHIFT) - 1;

    if (h & P)
        return false;

    return model_fault == HOLE_CLEAN || model_fault == NAMED_CLEAN || by >= MODEL_CPUS || by == running || acq_load (flushed_by[by]);
}

/* Two bits of the attributes are permissions, the third one and the address are not */
static bool may_follow (uint64_t old, uint64_t e)
{
    unsigned const level = (unsigned)((e & LEVEL) >> 52) - 1;

    return !((old ^ e) & ~(UINT64_C (0x60) << level));
}

static bool direct (uint64_t old, uint64_t e) { return model_fault == NOT_BROKEN || may_follow (old, e); }

static uint64_t broken (uint64_t e)    { return (e & ~(uint64_t)P) | BROKEN | (uint64_t)running << OWNER_SHIFT; }
static bool     is_broken (uint64_t e) { return e & BROKEN; }

static void flush_now (void)
{
    if (model_fault != NOT_FLUSHED)
        model_flush();
}

static struct ptab_fmt const fmt_arm = { .leaf_max = leaf_max, .addr_mask = ADDR, .table_attr = P | T, .kind = kind, .leaf = leaf,
                                         .attr = attr, .dead = dead, .hole = hole, .clean = clean, .direct = direct, .broken = broken,
                                         .is_broken = is_broken, .flush = flush_now };

static struct ptab_fmt const fmt_named = { .leaf_max = leaf_max, .addr_mask = ADDR, .table_attr = P | T, .kind = kind, .leaf = leaf,
                                           .attr = attr, .dead = dead, .hole = hole, .clean = clean };

bool model_valid (uint64_t e) { return e & P; }

bool model_conflict (uint64_t e, uint64_t f) { return arm && (e & T || f & T ? e != f : !may_follow (e, f)); }

pte_slot_t *model_table (uint64_t e) { return e & P && e & T ? kmem_virt (e & ADDR) : NULL; }
