/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Grace periods in batches. At most one batch runs at a time; it began when `started` was raised to its number, and it is
 * over when every CPU that was online then has passed a quiescent state. A CPU gathers calls in `next`, gives them the
 * number of the batch that will cover them as soon as it has none waiting, and runs them when that batch is over.
 *
 * All global state is under one lock: batches are rare (destruction of objects), the IPC path never comes here.
 */
#include <rcu.h>

#include <base/assert.h>
#include <cpu.h>
#include <cpu_local.h>
#include <cpuset.h>
#include <hazard.h>
#include <preempt.h>
#include <spinlock.h>

#define RCU_CALLS_PER_PASS  8

_Atomic (uint32_t) rcu_outstanding;

static _Atomic (uint64_t) nowhere, *published = &nowhere;   /* a copy of rcu_outstanding for others. Ordering: relaxed */

static struct spinlock lock;
static uint64_t        started, completed;              /* batch numbers, started - completed is 0 or 1; lock       */
static uint64_t        wanted;                          /* highest batch number that somebody waits for; lock       */
static struct cpuset   waiting;                         /* CPUs that batch `started` still waits for; lock          */
static struct cpuset   interested;                      /* CPUs with calls that wait for a batch; lock              */

static void list_clear (struct rcu_list *l) { l->head = NULL; l->tail = &l->head; }

static void list_move (struct rcu_list *to, struct rcu_list *from)
{
    if (!from->head)
        return;

    *to->tail = from->head;
    to->tail  = from->tail;
    list_clear (from);
}

void rcu_cpu_init (void)
{
    struct rcu_cpu *const r = &cpu_local.rcu;

    list_clear (&r->next);
    list_clear (&r->curr);
    list_clear (&r->done);
}

void rcu_publish (_Atomic (uint64_t) *outstanding) { published = outstanding; }

void rcu_count (void)
{
    atomic_add (&rcu_outstanding, 1);
    atomic_fetch_add_explicit (published, 1, memory_order_relaxed);
}

void rcu_uncount (void)
{
    atomic_sub (&rcu_outstanding, 1);
    atomic_fetch_sub_explicit (published, 1, memory_order_relaxed);
}

void rcu_call (struct rcu_head *h, rcu_func_t func)
{
    struct rcu_list *const l = &cpu_local.rcu.next;

    h->next  = NULL;
    h->func  = func;
    *l->tail = h;
    l->tail  = &h->next;

    rcu_count();
    cpu_local.hazard |= HAZARD_RCU;
}

/* Starts the next batch if one is wanted and none runs; the other CPUs are to pass a quiescent state. */
static void batch_start (struct cpuset *kick)
{
    if (started != completed || wanted <= started)
        return;

    started++;
    waiting = cpus_online;
    kick->bits |= cpus_online.bits;
}

/* This CPU has passed a quiescent state. The last one completes the batch and tells those who wait for it: they may be idle. */
static void batch_pass (struct cpuset *kick)
{
    while (started != completed) {

        cpuset_clear (&waiting, cpu_local.id);

        if (!cpuset_empty (&waiting))
            return;

        completed = started;
        kick->bits |= interested.bits;
        interested.bits = 0;
        batch_start (kick);                             /* this same moment is a quiescent state for it, too        */
    }
}

static void run_calls (struct rcu_list *l)
{
    for (unsigned n = 0; l->head && n < RCU_CALLS_PER_PASS; n++) {

        struct rcu_head *const h = l->head;

        if (!(l->head = h->next))
            l->tail = &l->head;

        if (h->func (h)) {                              /* not finished: to the end of the line                     */
            h->next  = NULL;
            *l->tail = h;
            l->tail  = &h->next;
        } else
            rcu_uncount();

        preemption_point();                             /* one call is one step: interrupts come in behind each     */

        if (cpu_local.hazard & HAZARD_PREEMPT)
            break;
    }
}

void rcu_kicked (void)
{
    /* A batch has calls that have not run, and they were counted before the interrupt. Without any, it was for something else. */
    if (LIKELY (!rlx_load (&rcu_outstanding)))
        return;

    cpu_local.rcu.kicked = true;
    cpu_local.hazard |= HAZARD_RCU;
}

bool rcu_quiescent (void)
{
    struct rcu_cpu *const r = &cpu_local.rcu;
    struct cpuset kick = { 0 };

    r->kicked = false;

    {
        SPIN_GUARD (&lock);

        /* A batch that has begun may not cover calls made since. While calls are run that make new ones, these gather: a
         * batch costs an interrupt on every CPU. */
        if (r->next.head && !r->curr.head && !r->done.head) {
            list_move (&r->curr, &r->next);
            r->batch = started + 1;
            wanted   = MAX (wanted, r->batch);
        }

        batch_start (&kick);
        batch_pass (&kick);

        if (r->curr.head && r->batch <= completed)
            list_move (&r->done, &r->curr);

        if (r->curr.head)
            cpuset_set (&interested, cpu_local.id);
    }

    cpuset_clear (&kick, cpu_local.id);
    cpus_kick (&kick);

    cpu_local.hazard &= ~HAZARD_RCU;                    /* before interrupts come in: they may tell of the next batch */
    run_calls (&r->done);

    if (r->done.head || r->curr.head || r->next.head)
        cpu_local.hazard |= HAZARD_RCU;

    return rcu_ready();
}

bool rcu_ready (void)
{
    struct rcu_cpu const *const r = &cpu_local.rcu;

    return r->kicked || r->done.head || (r->next.head && !r->curr.head);
}
