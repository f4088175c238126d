/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Ticket lock as in the generic file, in fewer instructions than compilers make of it. LOCK XADD is a full barrier; loads are
 * not reordered with it, nor a store with older ones, so a plain INC of the owner releases the lock (Intel SDM 3A, 8.2.2).
 */
#pragma once

#include <base/atomic.h>
#include <base/compiler.h>
#include <base/types.h>
#include <pause.h>

struct spinlock {
    _Atomic (uint16_t) next;                            /* Ordering: relaxed increment; the load of owner acquires  */
    _Atomic (uint16_t) owner;                           /* Ordering: acquire by waiters pairs with release by the holder */
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

#include <spin_guard.h>
