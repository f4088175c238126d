/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What TLBs may still hold. An entry that a CPU removes is a hole with a name: the CPU, and a number that goes up with each flush.
 * tlb_shootdown() says how far the CPU has come.
 */
#pragma once

#include <base/atomic.h>
#include <base/macros.h>
#include <cpu_local.h>
#include <cpuset.h>

#define HOLE_CPU_SHIFT      6                           /* 6 bits. Those below are 0: invalid for the CPU           */
#define HOLE_NUMBER_SHIFT   12                          /* up to bit 62                                             */

STATIC_ASSERT (CPU_MAX <= 64);

/* The last name of a CPU whose flush is over. Ordering: release by its CPU; who acquires a name maps after that flush */
extern struct tlb_flushed { _Atomic (uint64_t) hole; } ALIGNED (64) tlb_flushed[CPU_MAX];

/* The first name */
static inline uint64_t tlb_hole_first (cpu_t cpu) { return (uint64_t)cpu << HOLE_CPU_SHIFT | BIT64 (HOLE_NUMBER_SHIFT); }

static inline uint64_t tlb_hole (void) { return cpu_local.arch.hole; }

static inline bool tlb_hole_clean (uint64_t hole)
{
    return LIKELY (acq_load (&tlb_flushed[hole >> HOLE_CPU_SHIFT & 63].hole) >= hole);
}
