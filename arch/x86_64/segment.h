/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Selectors in DS, ES, FS and GS are ignored in 64-bit mode (SDM 3A, 3.4.4), so they are not part of an EC; but user code can load
 * some and read them again. They must not tell the next domain anything. Reading them costs little, loading them more.
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

static inline void segment_clear (void)
{
    uint32_t ds, es, fs, gs;

    __asm__ volatile ("mov %%ds, %0; mov %%es, %1; mov %%fs, %2; mov %%gs, %3" : "=r" (ds), "=r" (es), "=r" (fs), "=r" (gs));

    if (UNLIKELY (ds | es | fs | gs))
        __asm__ volatile ("mov %0, %%ds; mov %0, %%es; mov %0, %%fs; mov %0, %%gs" : : "r" (0));
}
