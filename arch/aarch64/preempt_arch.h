/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Between the two writes of DAIF, ISB makes sure that a pending interrupt is taken (Arm ARM, D1.3.6). Taking it overwrites ELR_EL2 and
 * SPSR_EL2, by which the EC that is in the kernel may still have to leave: they are put back.
 */
#pragma once

#include <stdint.h>

static inline void preemption_point (void)
{
    uint64_t elr, spsr;

    __asm__ volatile ("mrs %0, elr_el2; mrs %1, spsr_el2; msr daifclr, #2; isb; msr daifset, #2; msr elr_el2, %0; msr spsr_el2, %1"
                      : "=&r" (elr), "=&r" (spsr) : : "memory");
}
