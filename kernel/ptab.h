/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Page-table core, generic over formats. There is no lock: every change of an entry is one atomic exchange; two CPUs that update
 * overlapping ranges at the same time leave the result of one order of the two.
 *
 * Levels count from 0, the leaves of one page. An entry is a hole, a leaf, or a reference to a table of the next lower level.
 * The cores are always inline with a visible static const descriptor, so that each format gets straight code. A format whose
 * number of levels is known at boot only calls ptab_lookup_levels() and ptab_update_levels().
 *
 * Some CPUs want to be told before a valid entry takes the place of another one: break before make. Their formats have `hole`, and
 * entries that are invalid for the CPU and say more than zero does:
 *  - a broken one is what is there for us, in lookups too, until the CPU that broke it has flushed the TLBs and put the new one there.
 *    That CPU's name is in it, so nobody else makes the same. It may be removed meanwhile; who wants to put something else there waits.
 *  - a hole that is left by a removal says which one, since the flush comes later, for all that was removed. Who maps something there
 *    before that flushes first; who removes what is there finds it removed, and flushes as well, since it may be used until then.
 * A fault that the user takes in between is not the user's: the architecture looks the page up and lets it try again.
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

    /* Break before make. hole null: entries change at once, and the others are unused */
    uint64_t    (*hole) (void);                         /* in the place of what TLBs may hold, until this CPU has flushed them */
    bool        (*clean) (uint64_t hole);               /* that has happened: nothing of what was there is left     */
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

/* Fills a new table so that it maps what the leaf or hole e of level l mapped */
ALWAYS_INLINE void ptab_fill (struct ptab_fmt const *f, pte_slot_t *table, uint64_t e, unsigned l)
{
    if (f->kind (e, l) != PTE_LEAF)
        return;                                         /* fresh tables are zero, and zero is a hole                */

    uint64_t const step = BIT64 (ptab_shift (l - 1));
    uint64_t entry = f->leaf (f->attr (e, l), l - 1) | (e & f->addr_mask & ~(BIT64 (ptab_shift (l)) - 1));

    for (unsigned i = 0; i < PTAB_ENTRIES; i++, entry += step)
        atomic_init (&table[i], entry);
}

/* Puts a table into slot p of level l where *e, which is no table and not broken, is. False: it is something else now, in *e. */
ALWAYS_INLINE bool ptab_link (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, uint64_t *e, uint64_t table)
{
    if (f->hole && *e) {

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

/* Somebody has removed what was here, and may not have flushed the TLBs yet: who relies on its being gone does */
ALWAYS_INLINE bool ptab_unclean (struct ptab_fmt const *f, uint64_t hole) { return f->hole && hole && !f->clean (hole); }

/* The table below slot p of level l; splits a leaf, allocates for a hole if create says so. Null: no memory, or *hole is set, and *flush
 * if TLBs may hold what was there */
ALWAYS_INLINE pte_slot_t *ptab_descend (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, bool create, bool *hole,
                                        bool *flush)
{
    for (uint64_t e = dep_load (p);;) {

        enum pte_kind const k = f->kind (e, l);

        if (k == PTE_TABLE)
            return kmem_virt (e & f->addr_mask);

        if (k == PTE_HOLE && !create) {
            *hole = true;
            if (UNLIKELY (ptab_unclean (f, e)))
                *flush = true;
            return NULL;
        }

        if (f->hole && UNLIKELY (f->is_broken (e))) {
            e = wait_change (p, e);
            continue;
        }

        pte_slot_t *const table = buddy_alloc (0, k == PTE_LEAF ? BUDDY_DIRTY : BUDDY_ZERO);

        if (UNLIKELY (!table))
            return NULL;

        ptab_fill (f, table, e, l);

        if (LIKELY (ptab_link (f, p, l, &e, kmem_phys (table) | f->table_attr)))
            return table;

        buddy_free (table);                             /* somebody changed the entry: look again                   */
    }
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

/* Puts a leaf or a hole (0) into slot p of level l. Returns what it took the place of, sets *flush if TLBs may hold that. */
ALWAYS_INLINE uint64_t ptab_put (struct ptab_fmt const *f, pte_slot_t *p, unsigned l, uint64_t e, bool *flush)
{
    if (!f->hole) {

        uint64_t const old = atomic_swap (p, e);

        if (f->kind (old, l) != PTE_HOLE && old != e)
            *flush = true;

        return old;
    }

    for (uint64_t old = rlx_load (p);;) {

        enum pte_kind const k = f->kind (old, l);

        if (k == PTE_HOLE && !e) {
            if (UNLIKELY (ptab_unclean (f, old)))
                *flush = true;
            return old;
        }

        if (old == e)
            return old;

        if (k == PTE_HOLE) {

            if (old && !f->clean (old))
                f->flush();

            if (LIKELY (atomic_cas (p, &old, e)))
                return old;

        } else if (!e) {

            if (LIKELY (atomic_cas (p, &old, f->hole()))) {
                *flush = true;
                return old;
            }

        } else if (f->is_broken (old))
            old = wait_change (p, old);

        else if (k == PTE_LEAF && f->direct (old, e)) {

            if (LIKELY (atomic_cas (p, &old, e))) {
                *flush = true;
                return old;
            }

        } else {

            uint64_t broken = f->broken (old);

            if (UNLIKELY (!atomic_cas (p, &old, broken)))
                continue;

            f->flush();

            return LIKELY (atomic_cas (p, &broken, e)) ? old : 0;   /* else it was removed, and ours came before that */
        }
    }
}

/*
 * Maps [va, va + 2^order pages) to pa with attributes attr (0: hole). va and pa are aligned to the order.
 * MEM_CAP: a table was missing; what came before it is done. Sets *flush when the TLB may hold what is no longer so. Tables that
 * are cut off go to f->dead(), which frees them after a grace period; this CPU flushes the TLBs before it gets there.
 */
ALWAYS_INLINE enum status ptab_update_levels (struct ptab_fmt const *f, unsigned levels, pte_slot_t *root, uint64_t va, paddr_t pa,
                                              unsigned order, uint64_t attr, bool *flush)
{
    unsigned const level = order < PTAB_BPL ? 0 : MIN (order / PTAB_BPL, attr ? f->leaf_max() : levels - 1);
    uint64_t const step  = BIT64 (ptab_shift (level));
    uint64_t const end   = va + (PAGE_SIZE << order);

    while (va < end) {

        pte_slot_t *t = root;
        unsigned l = levels - 1;
        bool hole = false;

        while (t && l > level) {
            t = ptab_descend (f, &t[ptab_index_of (f, levels, va, l)], l, attr, &hole, flush);
            l -= t != NULL;
        }

        if (!t) {

            if (!hole)
                return STATUS_MEM_CAP;                  /* no table, or a leaf that could not be split              */

            va = (va | (BIT64 (ptab_shift (l)) - 1)) + 1;       /* nothing to remove up to there                    */
            continue;
        }

        do {

            uint64_t const e   = attr ? f->leaf (attr, level) | pa : 0;
            uint64_t const old = ptab_put (f, &t[ptab_index_of (f, levels, va, level)], level, e, flush);

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

    if (f->hole) {

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

    uint64_t const old = atomic_swap (p, e);

    if (UNLIKELY (f->kind (old, 0) != PTE_HOLE && old != e))
        *flush = true;

    return true;
}

ALWAYS_INLINE enum status ptab_update (struct ptab_fmt const *f, pte_slot_t *root, uint64_t va, paddr_t pa, unsigned order,
                                       uint64_t attr, bool *flush)
{
    return ptab_update_levels (f, f->levels, root, va, pa, order, attr, flush);
}
