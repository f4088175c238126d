/* SPDX-License-Identifier: GPL-2.0-only */
/* Scaling of 64-bit values through a 128-bit product, without the compiler's 128-bit division routine. */
#pragma once

#include <base/types.h>

/* a * b / c, rounded down; UINT64_MAX when the quotient does not fit or c is 0 */
static inline uint64_t muldiv (uint64_t a, uint64_t b, uint64_t c)
{
    unsigned __int128 const p = (unsigned __int128)a * b;
    uint64_t const hi = (uint64_t)(p >> 64), lo = (uint64_t)p;
    uint64_t quot, rem;

    if (hi >= c)                                        /* would be a #DE (Intel SDM 2A, DIV)                   */
        return UINT64_MAX;

    __asm__ ("divq %4" : "=a" (quot), "=d" (rem) : "a" (lo), "d" (hi), "r" (c) : "cc");

    return quot;
}

/* The same, rounded up */
static inline uint64_t muldiv_up (uint64_t a, uint64_t b, uint64_t c)
{
    uint64_t const quot = muldiv (a, b, c);

    if (quot == UINT64_MAX)
        return quot;

    return quot + ((unsigned __int128)quot * c != (unsigned __int128)a * b);
}
