/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel objects: typed, reference-counted, reclaimed by RCU.
 *
 * A reference is held by every capability and by every object that points at another one. A look-up through a capability
 * table borrows the object until the CPU leaves the kernel, without touching the count: RCU keeps the memory. When the
 * count drops to 0, the object is retired after a grace period, when nobody can find it any more.
 */
#pragma once

#include <base/atomic.h>
#include <base/compiler.h>
#include <base/macros.h>
#include <base/types.h>
#include <rcu.h>

enum kobject_type {
    KOBJECT_NONE,
    KOBJECT_PD,
    KOBJECT_OBJ, KOBJECT_HST, KOBJECT_GST, KOBJECT_DMA, KOBJECT_PIO, KOBJECT_MSR,   /* spaces                       */
    KOBJECT_EC,
    KOBJECT_SC,
    KOBJECT_PT,
    KOBJECT_SM,
    KOBJECT_SM_INT,                                     /* interrupt semaphore                                      */
    KOBJECT_TYPES,
};

struct kobject {
    struct rcu_head    rcu;
    _Atomic (uint32_t) refs;                            /* Ordering: dec is acq_rel, so that the last one sees all writes */
    uint8_t            type;                            /* enum kobject_type, fixed                                 */
};

/* A PD points at its spaces without a reference: a space clears that pointer at once, so that the grace period covers it. */
typedef void (*kobject_unlink_t) (struct kobject *);

/* Called a grace period after the last reference went. Returns true to be called again: long work is done in steps. */
typedef bool (*kobject_retire_t) (struct kobject *);

extern kobject_unlink_t const kobject_unlink[KOBJECT_TYPES];
extern kobject_retire_t const kobject_retire[KOBJECT_TYPES];

static inline void kobject_init (struct kobject *o, enum kobject_type type)
{
    atomic_init (&o->refs, 1);
    o->type = (uint8_t)type;
}

/* The caller already holds a reference, or the object is not yet visible */
static inline void kobject_ref (struct kobject *o) { atomic_fetch_add_explicit (&o->refs, 1, memory_order_relaxed); }

/* The caller borrows: fails when the last reference has already gone */
INDIRECT_NEVER bool kobject_try_ref (struct kobject *) MUST_CHECK;

INDIRECT_NEVER void kobject_unref (struct kobject *);   /* null is ignored                                          */
