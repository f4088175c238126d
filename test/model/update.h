/* SPDX-License-Identifier: GPL-2.0-only */
/* An update as the kernel makes it, with what comes before and after the core. Part of ptab.c, to be inlined. */
#pragma once

#include <format.h>

static unsigned levels;
static pte_slot_t *root;

struct op {
    bool     look;
    unsigned order, page, fail;                         /* fail: the n-th allocation; 0: none                       */
    uint64_t pa, attr;                                  /* update; look-up: its result                              */
    unsigned found_order;
    bool     flush, failed;
};

/* One call of the core, as the architectures make it: the short way first */
static long update_once (uint64_t va, uint64_t pa, unsigned order, uint64_t a, bool *flush)
{
    if (named)
        return !order && ptab_update_page (&fmt_named, levels, root, va, pa, a, flush) ? STATUS_SUCCESS
               : ptab_update_levels (&fmt_named, levels, root, va, pa, order, a, flush);

    if (arm)
        return !order && ptab_update_page (&fmt_arm, levels, root, va, pa, a, flush) ? STATUS_SUCCESS
               : ptab_update_levels (&fmt_arm, levels, root, va, pa, order, a, flush);

    return ptab_update_levels (&fmt, levels, root, va, pa, order, a, flush);
}

/* As mem_delegate() does: where it met another CPU, it goes on behind what is done, in pieces that are aligned */
static long update (unsigned cpu, struct op const *o, bool *flush)
{
    uint64_t const all = BIT64 (o->order);

    running = cpu;

    for (uint64_t i = 0; i < all; ) {

        unsigned const order = i ? MIN (o->order, bit_low (i)) : o->order;
        uint64_t done = BIT64 (order);
        long const status = update_once ((o->page + i) << PAGE_BITS, o->attr ? o->pa + (i << PAGE_BITS) : 0, order, o->attr, flush);

        if (status != STATUS_SUCCESS) {

            if (!ptab_is_met (status))
                return status;

            done = ptab_met_behind (status);
            CHECK (done < BIT64 (order));
        }

        i += done;
    }

    return STATUS_SUCCESS;
}

/* A flush at the end if there is something to flush, and others are told */
static void final_flush (unsigned cpu)
{
    if (model_fault == NO_FINAL_FLUSH || model_fault == NAMED_NO_FINAL_FLUSH)
        return;

    if ((model_fault == FOUND_DONE || model_fault == NAMED_FOUND_DONE) && !model_changed)
        return;                                         /* nobody flushes for what he has found                     */

    if (model_fault == CLEAN_TOO_EARLY || model_fault == NAMED_CLEAN_TOO_EARLY)
        atomic_swap (flushed_by[cpu], 1);

    model_flush();
    atomic_swap (flushed_by[cpu], 1);
}
