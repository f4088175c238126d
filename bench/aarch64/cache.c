/* SPDX-License-Identifier: GPL-2.0-only */
#include <cache.h>

#include <stdint.h>

/* CLIDR_EL1 and CCSIDR_EL1 are not for EL0 (Arm ARM, D17.2.26), and say nothing of caches outside the core */
size_t cache_bytes (void) { return 0; }

/* CTR_EL0.DminLine: log2 of the words of the smallest line (Arm ARM, D17.2.34). Kilonova and NOVA let EL0 do this (SCTLR.UCT, UCI). */
void cache_clean (void const *start, size_t n)
{
    uint64_t ctr;

    __asm__ ("mrs %0, ctr_el0" : "=r" (ctr));

    uintptr_t const line = (uintptr_t) 4 << (ctr >> 16 & 0xf), end = (uintptr_t) start + n;

    for (uintptr_t a = (uintptr_t) start & ~(line - 1); a < end; a += line)
        __asm__ volatile ("dc cvac, %0" : : "r" (a) : "memory");

    __asm__ volatile ("dsb sy" : : : "memory");
}
