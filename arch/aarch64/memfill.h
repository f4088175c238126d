/* SPDX-License-Identifier: GPL-2.0-only */
/* Fills whole blocks with a 64-bit pattern; size is a multiple of 8 bytes. Zeroes whole blocks of the cache where it can. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

static inline void memfill (void *p, uint64_t v, size_t size)
{
    uint64_t *w = p, *const end = w + size / sizeof *w;
    uint64_t dczid;

    __asm__ ("mrs %0, dczid_el0" : "=r" (dczid));       /* bits 3...0: words of a block, binary logarithm; 4: prohibited */

    size_t const block = (size_t)4 << (dczid & 0xf);

    if (LIKELY (!v && !(dczid & 0x10) && !(((uintptr_t)p | size) & (block - 1)))) {
        for (; w != end; w += block / sizeof *w)
            __asm__ volatile ("dc zva, %0" : : "r" (w) : "memory");
        return;
    }

    for (; end - w >= 8; w += 8)                        /* so that 16 pages, a top level, are cleared in good time   */
        __asm__ volatile ("stp %x1, %x1, [%0]; stp %x1, %x1, [%0, #16]; stp %x1, %x1, [%0, #32]; stp %x1, %x1, [%0, #48]"
                          : : "r" (w), "rZ" (v) : "memory");

    while (w != end)
        *w++ = v;
}
