/* SPDX-License-Identifier: GPL-2.0-only */
/* The System Time Counter as user space reads it: the virtual count (interface specification, 3.1). */
#pragma once

#include <stdint.h>

/* Not ordered against the instructions around it */
static inline uint64_t stc_read (void)
{
    uint64_t v;
    __asm__ volatile ("mrs %0, cntvct_el0" : "=r" (v));
    return v;
}

/* After everything before it, and before everything behind it (Arm ARM, D12.1.2: the count may be read early) */
static inline uint64_t stc_now (void)
{
    uint64_t v;
    __asm__ volatile ("isb; mrs %0, cntvct_el0; isb" : "=r" (v) : : "memory");
    return v;
}
