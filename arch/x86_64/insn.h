/* SPDX-License-Identifier: GPL-2.0-only */
/* Single instructions without a register of their own. Host tests replace those that they cannot execute. */
#pragma once

#include <base/types.h>

/* Not ordered against other instructions (Intel SDM 2B, RDTSC): a few cycles of play, which no caller minds */
static inline uint64_t rdtsc (void)
{
    uint32_t lo, hi;
    __asm__ volatile ("rdtsc" : "=a" (lo), "=d" (hi));
    return (uint64_t)hi << 32 | lo;
}

/* All earlier loads and stores are visible before a later WRMSR that does not serialize (SDM 3A, 11.12.3) */
static inline void mfence_lfence (void) { __asm__ volatile ("mfence; lfence" : : : "memory"); }

/* Interrupts off; returns whether they were on */
static inline bool interrupts_save (void)
{
    uint64_t flags;
    __asm__ volatile ("pushfq; popq %0; cli" : "=r" (flags) : : "memory", "cc");
    return flags & 0x200;                               /* RFLAGS.IF                                                */
}

static inline void interrupts_restore (bool on)
{
    if (on)
        __asm__ volatile ("sti" : : : "memory");
}

/* An empty IDT makes the next exception a triple fault: a shutdown, which chipsets turn into a reset (SDM 3A, 6.15) */
static inline void triple_fault (void)
{
    struct { uint16_t limit; uint64_t base; } __attribute__ ((packed)) const idt = { 0, 0 };
    __asm__ volatile ("lidt %0; ud2" : : "m" (idt) : "memory");
}
