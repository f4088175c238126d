/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB shootdown, by the hardware: TLBI ...IS reaches all CPUs of the inner shareable domain, and DSB waits for them. Replaces the
 * interrupts of kernel/tlb.c.
 */
#include <tlb.h>

#include <kmem.h>
#include <space_hst.h>
#include <tlb_arch.h>

struct tlb_flushed tlb_flushed[CPU_MAX];

void tlb_serve (void) {}                                /* nobody asks                                              */

void tlb_shootdown (struct space_hst *s)
{
    uint64_t const hole = cpu_local.arch.hole;

    root_flush (space_hst_root (s, NULL, (cpu_t)cpu_local.id));

    rel_store (&tlb_flushed[cpu_local.id].hole, hole);
    cpu_local.arch.hole = hole + BIT64 (HOLE_NUMBER_SHIFT);
}
