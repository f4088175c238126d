/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket lock: first come, first served. In assembly, since compilers take more instructions. LOCK XADD is a full barrier; loads are
 * not reordered with it, nor a store with older ones, so a plain INC of the owner releases the lock (Intel SDM 3A, 8.2.2).
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <pause.h>

struct spinlock {
    uint16_t next;                                      /* ticket of the next one who comes                         */
    uint16_t owner;                                     /* ticket of the holder; only the holder writes it          */
};

static inline void spin_lock (struct spinlock *l)
{
    uint16_t ticket = 1;

    __asm__ volatile ("lock xaddw %0, %1" : "+r" (ticket), "+m" (l->next) : : "memory", "cc");

    for (bool mine;; pause()) {
        __asm__ volatile ("cmpw %1, %2" : "=@ccz" (mine) : "r" (ticket), "m" (l->owner) : "memory");
        if (LIKELY (mine))
            return;
    }
}

static inline void spin_unlock (struct spinlock *l)
{
    __asm__ volatile ("incw %0" : "+m" (l->owner) : : "memory", "cc");
}
