/* SPDX-License-Identifier: GPL-2.0-only */
/* The system time counter is the virtual counter (interface specification, 3.1); its offset is 0 while host ECs run. */
#pragma once

#include <stdint.h>

static inline uint64_t timer_now (void)
{
    uint64_t v;
    __asm__ volatile ("mrs %0, cntvct_el0" : "=r" (v));
    return v;
}
