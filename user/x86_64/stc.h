/* SPDX-License-Identifier: GPL-2.0-only */
/* The System Time Counter as user space reads it: the TSC. */
#pragma once

#include <stdint.h>

static inline uint64_t stc_read (void)
{
    uint32_t lo, hi;
    __asm__ volatile ("rdtsc" : "=a" (lo), "=d" (hi));
    return (uint64_t) hi << 32 | lo;
}

/* After everything before it, and before everything behind it (Intel SDM volume 2, RDTSC) */
static inline uint64_t stc_now (void)
{
    uint32_t lo, hi;
    __asm__ volatile ("lfence; rdtsc; lfence" : "=a" (lo), "=d" (hi) : : "memory");
    return (uint64_t) hi << 32 | lo;
}
