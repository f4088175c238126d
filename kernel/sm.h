/* SPDX-License-Identifier: GPL-2.0-only */
/* Semaphore: a counter and a FIFO of blocked ECs; an interrupt semaphore also stands for one interrupt. */
#pragma once

#include <abi/status.h>
#include <base/compiler.h>
#include <base/list.h>
#include <kobject.h>
#include <spinlock.h>

struct ec;
struct timeout;

#define SM_NO_INT   (~UINT32_C (0))

struct sm {
    struct kobject  obj;
    struct spinlock lock;
    uint32_t        interrupt;                          /* as in hw.h, or SM_NO_INT; fixed                          */
    uint64_t        count;                              /* lock; 0 while somebody waits                             */
    struct link     queue;                              /* ECs in order of arrival; lock                            */
    bool            waited;                             /* an EC has been queued at some time; lock                 */
};

void        sm_init   (void);
enum status sm_create (struct sm **out, uint64_t count, uint32_t interrupt) MUST_CHECK;     /* MEM_OBJ              */
bool        sm_retire (struct kobject *);

/* Lock held, somebody waits: releases the longest waiting EC, on whatever CPU. For a hypercall of self, first of the queue: result as of
 * sm_up(). Otherwise: SUCCESS. */
INDIRECT_NEVER long        sm_release (struct sm *, struct link *first, struct ec *self);
INDIRECT_NEVER long        sm_release_far (struct sm *);

/* Lock held, counter 0: queues the EC, with a timeout unless that is 0. SYS_DEFER (ipc.h). */
INDIRECT_NEVER long        sm_block (struct sm *, uint64_t timeout, struct ec *);

/* Takes the EC out of the queue it is in, if it still is; returns true if it was. The EC's CPU. */
bool        sm_cancel (struct ec *);

void        sm_timeout (struct timeout *);              /* fire function of an EC's timeout                         */

/*
 * Releases the longest waiting EC or increments the counter. OVRFLOW. In a hypercall, self is the EC that runs: SYS_DEFER, if its SC has
 * made way for that of the released one. Otherwise self is null.
 */
static inline long sm_up (struct sm *sm, struct ec *self)
{
    spin_lock (&sm->lock);

    struct link *const first = sm->queue.next;

    if (UNLIKELY (first != &sm->queue))
        return self ? sm_release (sm, first, self) : sm_release_far (sm);

    uint64_t const count = sm->count + 1;

    if (LIKELY (count))
        sm->count = count;

    spin_unlock (&sm->lock);

    return LIKELY (count) ? STATUS_SUCCESS : STATUS_OVRFLOW;
}

/* Decrements the counter, or takes all of it: SUCCESS; or queues the EC: SYS_DEFER. */
static inline long sm_down (struct sm *sm, struct ec *ec, bool zero, uint64_t timeout)
{
    spin_lock (&sm->lock);

    uint64_t const count = sm->count;

    if (UNLIKELY (!count))
        return sm_block (sm, timeout, ec);

    sm->count = count - 1;

    if (UNLIKELY (zero))
        sm->count = 0;

    spin_unlock (&sm->lock);

    return STATUS_SUCCESS;
}
