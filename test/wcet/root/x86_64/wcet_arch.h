/* SPDX-License-Identifier: GPL-2.0-only */
/* Registers of the threads in stubs.S. */
#pragma once

#include <stdint.h>

static inline void crowd_regs (uint64_t *gpr, uint64_t p0, uint64_t p1, uint64_t wait, uintptr_t counters)
{
    gpr[3]  = wait;                                     /* rbx                                                  */
    gpr[6]  = p1;                                       /* rsi                                                  */
    gpr[7]  = p0;                                       /* rdi                                                  */
    gpr[12] = counters;
}
