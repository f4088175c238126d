/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page-table core, generic over formats. There is no lock: every change of an entry is one atomic exchange; two CPUs that update
 * overlapping ranges at the same time leave the result of one order of the two.
 *
 * Levels count from 0, the leaves of one page. An entry is a hole, a leaf, or a reference to a table of the next lower level.
 * The cores are always inline with a visible static const descriptor, so that each format gets straight code. A format whose
 * number of levels is known at boot only calls ptab_lookup_levels() and ptab_update_levels().
 *
 * TLBs are flushed after the change, once for all that a delegation changes. Until then another CPU may come and find done what it
 * was to do: it flushes as well, or it would tell its caller that something is gone which can still be used. So, where TLBs hold what
 * the tables say, the format has `hole`: a hole that a removal leaves is not zero, but says whose removal that was, until which flush.
 * What is mapped says no such thing: whoever finds there what it wanted to put there flushes.
 *
 * Some CPUs want to be told before a valid entry takes the place of another one: break before make. Their formats have `broken`, too:
 *  - a broken entry is invalid for the CPU. It is what is there for us, in lookups too, until the CPU that broke it has flushed the TLBs
 *    and put the new one there. That CPU's name is in it, so nobody else makes the same. It may be removed meanwhile; who wants to put
 *    something else there waits.
 *  - who maps something into a hole that has not been flushed yet flushes first.
 * A fault that the user takes in between is not the user's: the architecture looks the page up and lets it try again.
 *
 * Nothing is tried again in here. An update that meets another one, in the moment between reading an entry and changing it, ends: the
 * caller lets interrupts in and calls it for the rest. So interrupts are off for a bounded time, whatever others do to the same page.
 */
#pragma once

#include <abi/status.h>
#include <base/atomic.h>
#include <base/macros.h>
#include <base/wait.h>
#include <buddy.h>
#include <kmem.h>

typedef _Atomic (uint64_t) pte_slot_t;

#define PTAB_BPL        9                               /* address bits per level                                   */
#define PTAB_ENTRIES    (1U << PTAB_BPL)

enum pte_kind { PTE_HOLE, PTE_LEAF, PTE_TABLE };

struct ptab_fmt {
    unsigned      levels;                               /* unused by the functions ..._levels()                     */
    unsigned      wide;                                 /* so many bits more than others may have the index of the top level */
    unsigned    (*leaf_max) (void);                     /* highest level that may hold leaves                       */
    uint64_t      addr_mask;                            /* physical address bits of an entry                        */
    uint64_t      table_attr;                           /* bits of an entry that refers to a table                  */
    enum pte_kind (*kind) (uint64_t pte, unsigned level);
    uint64_t    (*leaf) (uint64_t attr, unsigned level);/* attributes as a leaf of that level has them              */
    uint64_t    (*attr) (uint64_t pte, unsigned level); /* and back, as a leaf of level 0 has them                  */
    void        (*dead) (pte_slot_t *, unsigned level); /* a table of that level was cut off                        */

    /* hole null: no TLB holds what these tables say, and both are unused */
    uint64_t    (*hole) (void);                         /* in the place of what TLBs may hold, until this CPU has flushed them */
    bool        (*clean) (uint64_t e);                  /* a hole, and nothing is left of what was there. Not of a broken one */

    /* Break before make. broken null: valid entries take each other's place at once, and the others are unused */
    bool        (*direct) (uint64_t old, uint64_t pte); /* of a leaf: this one may take its place at once           */
    uint64_t    (*broken) (uint64_t pte);               /* the entry for us, invalid for the CPU                    */
    bool        (*is_broken) (uint64_t pte);
    void        (*flush) (void);                        /* all that TLBs hold of the space that this CPU changes    */
};

static inline unsigned ptab_shift (unsigned level) { return PAGE_BITS + level * PTAB_BPL; }

static inline unsigned ptab_index (uint64_t va, unsigned level) { return (unsigned)(va >> ptab_shift (level)) & (PTAB_ENTRIES - 1); }

/* The same for any level of a tree of so many: several tables in a row may be its top level. va lies below their end then. */
ALWAYS_INLINE unsigned ptab_index_of (struct ptab_fmt const *f, unsigned levels, uint64_t va, unsigned level)
{
    return (unsigned)(va >> ptab_shift (level)) & ((level == levels - 1 ? PTAB_ENTRIES << f->wide : PTAB_ENTRIES) - 1);
}

/* What maps va: returns the leaf's attributes (0: hole), its physical address, and the order in pages of the uniform area around va */
ALWAYS_INLINE uint64_t ptab_lookup_levels (struct ptab_fmt const *f, unsigned levels, pte_slot_t *table, uint64_t va, paddr_t *pa,
                                           unsigned *order)
{
    unsigned l = levels - 1;

    for (pte_slot_t *p = &table[ptab_index_of (f, levels, va, l)];;) {

        uint64_t const e = dep_load (p);
        enum pte_kind const k = f->kind (e, l);

        if (k == PTE_TABLE) {
            table = kmem_virt (e & f->addr_mask);
            p = &table[ptab_index (va, --l)];
            continue;
        }

        *order = l * PTAB_BPL;
        *pa    = k == PTE_LEAF ? (e & f->addr_mask & ~(BIT64 (ptab_shift (l)) - 1)) | (va & (BIT64 (ptab_shift (l)) - 1)) : 0;

        return k == PTE_LEAF ? f->attr (e, l) : 0;
    }
}

ALWAYS_INLINE uint64_t ptab_lookup (struct ptab_fmt const *f, pte_slot_t *table, uint64_t va, paddr_t *pa, unsigned *order)
{
    return ptab_lookup_levels (f, f->levels, table, va, pa, order);
}

/* Somebody has removed what was here, and may not have flushed the TLBs yet: who relies on its being gone does */
ALWAYS_INLINE bool ptab_unclean (struct ptab_fmt const *f, uint64_t hole) { return f->hole && !f->clean (hole); }

/* Fills a new table so that it maps what the leaf or hole e of level l mapped */
ALWAYS_INLINE void ptab_fill (struct ptab_fmt const *f, pte_slot_t *table, uint64_t e, unsigned l)
{
    if (f->kind (e, l) != PTE_LEAF) {                   /* fresh tables are zero, and zero is a hole                */

        for (unsigned i = 0; !f->broken && i < PTAB_ENTRIES && UNLIKELY (ptab_unclean (f, e)); i++)
            atomic_init (&table[i], e);                 /* still says so                                            */

        return;
    }

    uint64_t const step = BIT64 (ptab_shift (l - 1));
    uint64_t entry = f->leaf (f->attr (e, l), l - 1) | (e & f->addr_mask & ~(BIT64 (ptab_shift (l)) - 1));

    for (unsigned i = 0; i < PTAB_ENTRIES; i++, entry += step)
        atomic_init (&table[i], entry);
}

/* Puts a table into slot p of level l where *e, which is no table and not broken, is. False: it is something else now, in *e. */
ALWAYS_INLINE bool ptab_link (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, uint64_t *e, uint64_t table)
{
    if (f->broken && *e) {

        if (f->kind (*e, l) == PTE_LEAF) {

            uint64_t const broken = f->broken (*e);

            if (UNLIKELY (!atomic_cas (p, e, broken)))
                return false;

            *e = broken;
            f->flush();

        } else if (!f->clean (*e))
            f->flush();
    }

    return atomic_cas (p, e, table);
}

/* Why there is no table to descend to */
enum ptab_stop { PTAB_STOP_MEMORY, PTAB_STOP_HOLE, PTAB_STOP_MET };

/* The table below slot p of level l; splits a leaf, allocates for a hole if create says so. Null: *why; and *flush, if TLBs may hold
 * what was in the hole */
ALWAYS_INLINE pte_slot_t *ptab_descend (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, bool create, enum ptab_stop *why,
                                        bool *flush)
{
    uint64_t e = dep_load (p);
    enum pte_kind const k = f->kind (e, l);

    if (k == PTE_TABLE)
        return kmem_virt (e & f->addr_mask);

    *why = PTAB_STOP_MET;

    if (k == PTE_HOLE && !create) {
        *why = PTAB_STOP_HOLE;
        if (UNLIKELY (ptab_unclean (f, e)))
            *flush = true;
        return NULL;
    }

    if (f->broken && UNLIKELY (f->is_broken (e))) {
        wait_change (p, e);
        return NULL;
    }

    pte_slot_t *const table = buddy_alloc (0, k == PTE_LEAF ? BUDDY_DIRTY : BUDDY_ZERO);

    if (UNLIKELY (!table)) {
        *why = PTAB_STOP_MEMORY;
        return NULL;
    }

    ptab_fill (f, table, e, l);

    if (LIKELY (ptab_link (f, p, l, &e, kmem_phys (table) | f->table_attr)))
        return table;

    buddy_free (table);                                 /* somebody changed the entry                               */

    return NULL;
}

#define PTAB_FREE_STEP  64                              /* entries of a dead table that are looked at in one step   */

/*
 * Frees a dead table that nobody can walk any more, and with it, each after a grace period of its own, the tables below it. One step;
 * true: to be called again. The tag of the table: bits 3...0 its level, 7...4 how many tables it is, binary logarithm, and above them
 * the number of the next entry.
 */
ALWAYS_INLINE bool ptab_free (struct ptab_fmt const *f, struct rcu_head *h)
{
    uint32_t tag;
    pte_slot_t *const table = buddy_of_rcu (h, &tag);
    unsigned const level = tag & 0xf, entries = PTAB_ENTRIES << (tag >> 4 & 0xf);
    unsigned const first = tag >> 8, end = MIN (first + PTAB_FREE_STEP, entries);

    if (level) {

        for (unsigned i = first; i < end; i++) {
            uint64_t const e = rlx_load (&table[i]);
            if (f->kind (e, level) == PTE_TABLE)
                f->dead (kmem_virt (e & f->addr_mask), level - 1);
        }

        if (end < entries) {
            buddy_rcu (table, (tag & 0xff) | end << 8);
            return true;
        }
    }

    buddy_free (table);

    return false;
}

/* The same with break before make. False: somebody changes the entry at the same time. */
ALWAYS_INLINE bool ptab_break (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, uint64_t e, uint64_t *was, bool *flush)
{
    uint64_t old = rlx_load (p);
    enum pte_kind const k = f->kind (old, l);

    *was = old;

    if (k == PTE_HOLE && !e) {
        if (UNLIKELY (ptab_unclean (f, old)))
            *flush = true;
        return true;
    }

    if (k == PTE_HOLE) {

        if (ptab_unclean (f, old))
            f->flush();

        return atomic_cas (p, &old, e);
    }

    if (!e || old == e || (!f->is_broken (old) && k == PTE_LEAF && f->direct (old, e))) {
        *flush = true;
        return old == e || atomic_cas (p, &old, e ? e : f->hole());
    }

    if (f->is_broken (old)) {
        wait_change (p, old);
        return false;
    }

    uint64_t broken = f->broken (old);

    if (UNLIKELY (!atomic_cas (p, &old, broken)))
        return false;

    f->flush();

    if (UNLIKELY (!atomic_cas (p, &broken, e)))
        *was = 0;                                       /* it was removed, and ours came before that                */

    return true;
}

/*
 * Puts a leaf or a hole (0) into slot p of level l. *was: what it took the place of; sets *flush if TLBs may hold what is no longer so.
 * False: nothing was done, since somebody changes the entry at the same time.
 */
ALWAYS_INLINE bool ptab_put (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, uint64_t e, uint64_t *was, bool *flush)
{
    if (f->broken)
        return ptab_break (f, p, l, e, was, flush);

    if (!f->hole) {

        *was = atomic_swap (p, e);

        if (f->kind (*was, l) != PTE_HOLE && *was != e)
            *flush = true;

        return true;
    }

    if (!e) {

        uint64_t const old = rlx_load (p);

        if (f->kind (old, l) != PTE_HOLE) {
            *was   = atomic_swap (p, f->hole());
            *flush = true;
            return true;
        }

        *was = old;

    } else
        *was = atomic_swap (p, e);

    if (UNLIKELY (!f->clean (*was)))
        *flush = true;

    return true;
}

/* Of an update: how many pages were done before it met another one, as a status, and back */
static inline long     ptab_met (uint64_t pages)        { return ~(long)pages; }
static inline bool     ptab_is_met (long status)        { return status < 0; }
static inline uint64_t ptab_met_behind (long status)    { return (uint64_t)~status; }

/*
 * Maps [va, va + 2^order pages) to pa with attributes attr (0: hole). va and pa are aligned to the order.
 * SUCCESS; MEM_CAP: a table was missing; ptab_met(): to be called again for the rest, which need not be of that alignment. What came
 * before is done. Sets *flush when the TLB may hold what is no longer so. Tables that are cut off go to f->dead(), which frees them after
 * a grace period; this CPU flushes the TLBs before it gets there.
 */
ALWAYS_INLINE long ptab_update_levels (struct ptab_fmt const *f, unsigned levels, pte_slot_t *root, uint64_t const first, paddr_t pa,
                                       unsigned order, uint64_t attr, bool *flush)
{
    unsigned const level = order < PTAB_BPL ? 0 : MIN (order / PTAB_BPL, attr ? f->leaf_max() : levels - 1);
    uint64_t const step  = BIT64 (ptab_shift (level));
    uint64_t const end   = first + (PAGE_SIZE << order);

    for (uint64_t va = first; va < end; ) {

        pte_slot_t *t = root;
        unsigned l = levels - 1;
        enum ptab_stop why = PTAB_STOP_MEMORY;

        while (t && l > level) {
            t = ptab_descend (f, &t[ptab_index_of (f, levels, va, l)], l, attr, &why, flush);
            l -= t != NULL;
        }

        if (!t) {

            if (why == PTAB_STOP_MEMORY)
                return STATUS_MEM_CAP;                  /* no table, or a leaf that could not be split              */

            if (why == PTAB_STOP_MET)
                return ptab_met ((va - first) >> PAGE_BITS);

            va = (va | (BIT64 (ptab_shift (l)) - 1)) + 1;       /* nothing to remove up to there                    */
            continue;
        }

        do {

            uint64_t const e = attr ? f->leaf (attr, level) | pa : 0;
            uint64_t old;

            if (UNLIKELY (!ptab_put (f, &t[ptab_index_of (f, levels, va, level)], level, e, &old, flush)))
                return ptab_met ((va - first) >> PAGE_BITS);

            if (UNLIKELY (f->kind (old, level) == PTE_TABLE))
                f->dead (kmem_virt (old & f->addr_mask), level - 1);

            va += step;
            pa += attr ? step : 0;

        } while (va < end && ptab_index (va, level));
    }

    return STATUS_SUCCESS;
}

/* One page below tables that are all there, which is what most updates are. False: it is for ptab_update_levels(), nothing was done. */
ALWAYS_INLINE bool ptab_update_page (struct ptab_fmt const *f, unsigned levels, pte_slot_t *table, uint64_t va, paddr_t pa, uint64_t attr,
                                     bool *flush)
{
    unsigned mask = (PTAB_ENTRIES << f->wide) - 1;

    for (unsigned l = levels - 1; l; l--) {

        uint64_t const e = dep_load (&table[va >> ptab_shift (l) & mask]);

        if (UNLIKELY (f->kind (e, l) != PTE_TABLE))
            return false;

        table = kmem_virt (e & f->addr_mask);
        mask  = PTAB_ENTRIES - 1;
    }

    pte_slot_t *const p = &table[ptab_index (va, 0)];
    uint64_t const e = attr ? f->leaf (attr, 0) | pa : 0;

    if (f->broken) {

        uint64_t old = rlx_load (p);
        bool const none = f->kind (old, 0) == PTE_HOLE;

        if (e)
            return LIKELY (none && (!old || f->clean (old))) && atomic_cas (p, &old, e);

        if (none) {
            if (UNLIKELY (ptab_unclean (f, old)))
                *flush = true;
            return true;
        }

        return LIKELY (atomic_cas (p, &old, f->hole())) && (*flush = true);
    }

    uint64_t old;

    return ptab_put (f, p, 0, e, &old, flush);
}

ALWAYS_INLINE long ptab_update (struct ptab_fmt const *f, pte_slot_t *root, uint64_t va, paddr_t pa, unsigned order,
                                uint64_t attr, bool *flush)
{
    return ptab_update_levels (f, f->levels, root, va, pa, order, attr, flush);
}
