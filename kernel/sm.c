/* SPDX-License-Identifier: GPL-2.0-only */
/* Semaphores. Who takes an EC out of the queue, under the lock, decides with which status it goes on. */
#include <sm.h>

#include <cpu_local.h>
#include <ec.h>
#include <ipc.h>
#include <scheduler_hot.h>
#include <slab.h>

#define SM_WAKES_PER_STEP   16

static struct slab_cache cache;

void sm_init (void) { slab_init (&cache, sizeof (struct sm)); }

enum status sm_create (struct sm **out, uint64_t count, uint32_t interrupt)
{
    struct sm *const sm = slab_alloc (&cache);

    if (UNLIKELY (!sm))
        return STATUS_MEM_OBJ;

    kobject_init (&sm->obj, interrupt == SM_NO_INT ? KOBJECT_SM : KOBJECT_SM_INT);
    list_init (&sm->queue);
    sm->count     = count;
    sm->interrupt = interrupt;

    *out = sm;

    return STATUS_SUCCESS;
}

static struct ec *dequeue (struct sm *sm)
{
    if (list_empty (&sm->queue))
        return NULL;

    struct ec *const ec = container_of (sm->queue.next, struct ec, sm_link);

    list_unlink (&ec->sm_link);
    rlx_store (&ec->sm, NULL);

    return ec;
}

/*
 * Waiters get ABORTED. If there have ever been any, a second grace period outlasts those who found the semaphore through one
 * of them: its timeout, or its retirement.
 */
INDIRECT_TARGET bool sm_retire (struct kobject *o)
{
    struct sm *const sm = container_of (o, struct sm, obj);

    for (unsigned n = 0; n < SM_WAKES_PER_STEP; n++) {

        spin_lock (&sm->lock);
        struct ec *const ec = dequeue (sm);
        spin_unlock (&sm->lock);

        if (!ec) {

            if (sm->waited) {
                sm->waited = false;
                rcu_call (&o->rcu, o->rcu.func);
            } else
                slab_free (&cache, sm);

            return false;
        }

        REGS_P0 (&ec->regs) = STATUS_ABORTED;
        ec_wake (ec);
    }

    return true;
}

static NOINLINE long wake (struct ec *ec)
{
    ec_wake (ec);

    return STATUS_SUCCESS;
}

INDIRECT_NEVER long sm_release_far (struct sm *sm)
{
    struct ec *const ec = dequeue (sm);

    spin_unlock (&sm->lock);

    REGS_P0 (&ec->regs) = STATUS_SUCCESS;

    return wake (ec);
}

/* The common case is an EC of this CPU that waits without a timeout, and for which one SC waits: it needs no function but this one. */
INDIRECT_NEVER long sm_release (struct sm *sm, struct link *first, struct ec *self)
{
    struct ec *const ec = container_of (first, struct ec, sm_link);

    list_unlink (first);
    rlx_store (&ec->sm, NULL);
    spin_unlock (&sm->lock);

    REGS_P0 (&ec->regs) = STATUS_SUCCESS;

    /* Ordering: what CPUs share, queue and `sm`, was under the lock; all else belongs to the EC's CPU, which is fixed and compared first */
    if (UNLIKELY (ec->cpu != cpu_local.id || timeout_queued (&ec->timeout)))
        return wake (ec);

    struct link *const l = ec->waiting.next;

    if (UNLIKELY (l->next != &ec->waiting || l == &ec->waiting))
        return wake (ec);

    assert (!ec->dead);                                 /* it was taken out of the queue first                      */

    ec->blocked = false;
    list_init (&ec->waiting);

    if (!scheduler_ready_hot (container_of (l, struct sc, link)))
        return STATUS_SUCCESS;

    REGS_P0 (&self->regs) = STATUS_SUCCESS;

    return SYS_DEFER;
}

static NOINLINE long block_until (struct ec *ec, uint64_t timeout)
{
    timeout_insert (&ec->timeout, timeout);

    return SYS_DEFER;
}

INDIRECT_NEVER long sm_block (struct sm *sm, uint64_t timeout, struct ec *ec)
{
    ec->blocked = true;                                 /* before it can be found in the queue                      */
    sm->waited  = true;
    list_append (&sm->queue, &ec->sm_link);
    rlx_store (&ec->sm, sm);

    spin_unlock (&sm->lock);

    scheduler_wait (ec);                                /* it runs, so it is the end of the current SC's chain      */

    return UNLIKELY (timeout) ? block_until (ec, timeout) : SYS_DEFER;
}

bool sm_cancel (struct ec *ec)
{
    struct sm *const sm = rlx_load (&ec->sm);

    if (!sm)
        return false;

    SPIN_GUARD (&sm->lock);

    if (rlx_load (&ec->sm) != sm)                       /* another CPU was faster                                   */
        return false;

    list_unlink (&ec->sm_link);
    rlx_store (&ec->sm, NULL);

    return true;
}

INDIRECT_TARGET void sm_timeout (struct timeout *t)
{
    struct ec *const ec = container_of (t, struct ec, timeout);

    if (!sm_cancel (ec))                                /* released in the same moment: that wins                   */
        return;

    REGS_P0 (&ec->regs) = STATUS_TIMEOUT;
    ec_wake_local (ec);
}
