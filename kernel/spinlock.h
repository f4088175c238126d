/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Spinlock: struct spinlock (all zero: free), spin_lock(), spin_unlock() come from the architecture. It must be fair, so that
 * waiting is bounded by the other holders. Interrupts are always off in the kernel; nobody waits for another CPU while holding one.
 */
#pragma once

#include <spinlock_arch.h>

static inline void spin_guard_release (struct spinlock **l) { spin_unlock (*l); }

/* Holds the lock until the end of the block */
#define SPIN_GUARD_NAME_(n) spin_guard_##n
#define SPIN_GUARD_NAME(n)  SPIN_GUARD_NAME_ (n)
#define SPIN_GUARD(l)                                                                                           \
    struct spinlock *SPIN_GUARD_NAME (__LINE__) __attribute__ ((cleanup (spin_guard_release), unused)) = (l);   \
    spin_lock (l)
