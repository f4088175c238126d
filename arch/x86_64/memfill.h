/* SPDX-License-Identifier: GPL-2.0-only */
/* Fills whole blocks with a 64-bit pattern; size is a multiple of 8 bytes. Replaces the generic loop by REP STOSQ. */
#pragma once

#include <base/types.h>

static inline void memfill (void *p, uint64_t v, size_t size)
{
    size_t n = size / 8;

    __asm__ volatile ("rep stosq" : "+D" (p), "+c" (n) : "a" (v) : "memory");
}
