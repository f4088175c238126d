/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What TLBs may still hold. An entry that a CPU removes is a hole with a name: the CPU, and a number that goes up with each of its
 * flushes. A CPU changes one host space at a time and flushes before it goes on to another, so only holes with the name that it uses
 * now may be unclean. The number may come round: a hole of long ago is then taken for one that needs a flush.
 *
 * Contract of hpt.h: where in an entry that is invalid for the CPU the two are, HOLE_CPU_SHIFT (6 bits) and HOLE_NUMBER_SHIFT; HOLE_FIRST,
 * which tells names from zero; and HOLE_WHOSE, a mask: bits in which a hole that this CPU has left is like all others of this CPU, and like
 * no entry that is valid.
 */
#pragma once

#include <base/macros.h>
#include <cpu.h>
#include <cpu_local.h>
#include <hpt.h>

STATIC_ASSERT (CPU_MAX <= 64);

static inline uint64_t tlb_hole_first (cpu_t cpu) { return (uint64_t)cpu << HOLE_CPU_SHIFT | HOLE_FIRST; }

/* Of this CPU, now */
static inline uint64_t tlb_hole (void) { return rlx_load (&cpu_local.hole); }

/* This CPU has flushed what it has removed */
static inline void tlb_hole_flushed (void) { rel_store (&cpu_local.hole, tlb_hole() + BIT64 (HOLE_NUMBER_SHIFT)); }

/* Is this entry, which is not broken, a hole, and nothing is left of what was there? Who has removed that himself knows that he flushes. */
static inline bool tlb_hole_clean (uint64_t e)
{
    if (LIKELY (!((e ^ tlb_hole()) & HOLE_WHOSE)) || !e)
        return true;

    return !(e & HPT_P) && acq_load (&cpu_remote[e >> HOLE_CPU_SHIFT & 63]->hole) != e;
}
