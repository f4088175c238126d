/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of the threads in stubs.S. */
#pragma once

#include <stdint.h>

static inline void crowd_regs (uint64_t *gpr, uint64_t p0, uint64_t p1, uint64_t wait, uintptr_t counters)
{
    gpr[0]  = p0;
    gpr[1]  = p1;
    gpr[19] = wait;
    gpr[20] = counters;
}
