/* SPDX-License-Identifier: GPL-2.0-only */
/* Ticket lock: first come, first served, so that waiting is bounded by the other holders. Interrupts are always off in the kernel. */
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
    rel_store (&l->owner, (uint16_t)(rlx_load (&l->owner) + 1));
}

#include <spin_guard.h>
