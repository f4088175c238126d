/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TLB shootdown, by the hardware: TLBI ...IS reaches all CPUs of the inner shareable domain, and DSB waits for them. Replaces the
 * interrupts of kernel/tlb.c.
 */
#include <tlb.h>

#include <space_hst.h>
#include <tlb_hole.h>

void tlb_serve (void) {}                                /* nobody asks                                              */

void tlb_shootdown (struct space_hst *s)
{
    root_flush (space_hst_root (s, NULL, (cpu_t)cpu_local.id));
    tlb_hole_flushed();
}
