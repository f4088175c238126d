/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket lock: first come, first served. Both halves are one word, so that taking a ticket and looking whose turn it is are one access;
 * in assembly, since compilers see two, and mask the halves. Before Armv8.1 there is no instruction for it: patch.h puts a loop in place.
 */
#pragma once

#include <base/atomic.h>
#include <base/compiler.h>
#include <base/types.h>
#include <patch.h>
#include <pause.h>

struct spinlock {
    _Atomic (uint16_t) owner;                           /* ticket of the holder. Ordering: release by it, acquire by the next */
    _Atomic (uint16_t) next;                            /* ticket of the next one who comes                         */
} ALIGNED (4);

static inline void spin_lock (struct spinlock *l)
{
    uint32_t seen, taken, failed;

    __asm__ volatile (".arch_extension lse\n"
                      PATCHABLE "mov %w1, #0x10000; ldadda %w1, %w0, %3; nop; nop"
                      PATCH (PATCH_LSE, "1: ldaxr %w0, %3; add %w1, %w0, #0x10000; stxr %w2, %w1, %3; cbnz %w2, 1b")
                      ".arch_extension nolse\n"
                      "eor %w1, %w0, %w0, ror #16"
                      : "=&r" (seen), "=&r" (taken), "=&r" (failed), "+Q" (*l) : : "memory");

    if (LIKELY (!taken))                                /* both halves were equal                                   */
        return;

    while (acq_load (&l->owner) != (uint16_t)(seen >> 16))
        pause();
}

static inline void spin_unlock (struct spinlock *l)
{
    uint32_t owner;

    __asm__ volatile ("ldrh %w0, %1; add %w0, %w0, #1; stlrh %w0, %1" : "=&r" (owner), "+Q" (l->owner) : : "memory");
}
