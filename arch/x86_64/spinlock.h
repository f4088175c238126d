/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticket lock as in the generic file; only the holder writes owner, so one INC to memory releases it (Intel SDM 3A, 8.2.3: stores of
 * other CPUs see it after everything that the holder stored before). */
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
    uint16_t const ticket = atomic_fetch_add_explicit (&l->next, 1, memory_order_relaxed);

    while (UNLIKELY (acq_load (&l->owner) != ticket))
        pause();
}

static inline void spin_unlock (struct spinlock *l)
{
    __asm__ volatile ("incw %0" : "+m" (l->owner) : : "memory", "cc");
}

#include <spin_guard.h>
