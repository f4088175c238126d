/* SPDX-License-Identifier: GPL-2.0-only */
/* Fills whole blocks with a 64-bit pattern; size is a multiple of 8 bytes. */
#pragma once

#include <base/types.h>

static inline void memfill (void *p, uint64_t v, size_t size)
{
    for (uint64_t *w = p, *end = w + size / sizeof *w; w != end; w++)
        *w = v;
}
