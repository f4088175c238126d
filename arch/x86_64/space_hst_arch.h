/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 side of host spaces: what a CPU's top-level table holds besides the user half. */
#pragma once

#include <base/types.h>
#include <hpt.h>


struct space_pio;

/* Fills the kernel half of a top-level table of a CPU */
void root_init (uint64_t *table, cpu_t cpu, struct space_pio const *pio);

static inline void root_load (paddr_t root) { __asm__ volatile ("mov %0, %%cr3" : : "r" (root) : "memory"); }

/* Drops all translations of user addresses: reloads the root (SDM 3A, 4.10.4.1); kernel pages are global and stay */
static inline void tlb_flush_local (void)
{
    uint64_t root;

    __asm__ volatile ("mov %%cr3, %0; mov %0, %%cr3" : "=r" (root) : : "memory");
}
