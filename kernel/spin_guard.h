/* SPDX-License-Identifier: GPL-2.0-only */
/* A lock that is held until the end of a block. Included by spinlock.h. */
#pragma once

static inline void spin_guard_release (struct spinlock **l) { spin_unlock (*l); }

#define SPIN_GUARD_NAME_(n) spin_guard_##n
#define SPIN_GUARD_NAME(n)  SPIN_GUARD_NAME_ (n)
#define SPIN_GUARD(l)                                                                                           \
    struct spinlock *SPIN_GUARD_NAME (__LINE__) __attribute__ ((cleanup (spin_guard_release), unused)) = (l);   \
    spin_lock (l)
