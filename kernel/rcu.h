/* SPDX-License-Identifier: GPL-2.0-only */
/* Read-copy-update: work that waits until no CPU can hold a borrowed pointer any more. See doc/rcu.md. */
#pragma once

#include <base/atomic.h>
#include <base/compiler.h>
#include <base/inbox.h>
#include <base/types.h>

struct rcu_head;

/* Returns true to be called again at the CPU's next pass */
typedef bool (*rcu_func_t) (struct rcu_head *);

struct rcu_head {
    union {
        struct rcu_head  *next;
        struct inbox_link link;                         /* while it is handed over to another CPU                   */
    };
    rcu_func_t       func;
};

struct rcu_list { struct rcu_head *head, **tail; };

struct rcu_cpu {                                        /* of one CPU; only that CPU touches it                     */
    struct rcu_list next;                               /* waits for a batch number                                 */
    struct rcu_list curr;                               /* waits for batch `batch` to complete                      */
    struct rcu_list done;                               /* grace period over: to be called                          */
    uint64_t        batch;
    bool            kicked;                             /* since the last quiescent state: a batch may wait for this CPU */
};

void rcu_cpu_init (void);

/* func (head) runs on this CPU after a grace period that begins now or later. */
void rcu_call (struct rcu_head *, rcu_func_t func);

/* Calls of all CPUs that have not run to their end. Whoever keeps a call elsewhere for a while (cpu_defer) counts it, too. Ordering:
 * relaxed, a hint that memory may come back; for rcu_kicked() by the lock and the interrupt that follow a count. */
extern _Atomic (uint32_t) rcu_outstanding;

/* Boot CPU, before any call: that number is kept there, too, beginning with 0; nothing is decided by what is there. */
void rcu_publish (_Atomic (uint64_t) *outstanding);

/* One more, one less; see rcu_outstanding */
void rcu_count (void);
void rcu_uncount (void);

/* Another CPU has interrupted this one: if calls are outstanding, a batch may have begun, or be over. Interrupts off */
void rcu_kicked (void);

/*
 * A quiescent state of this CPU: it holds no borrowed pointer. Starts and completes batches and runs a bounded number of
 * due calls. Returns true if another pass would get further without waiting for other CPUs.
 */
bool rcu_quiescent (void);

/* Would it, now? Whoever goes idle asks with interrupts off. If not, whoever completes the batch that this CPU waits for interrupts it. */
bool rcu_ready (void);
