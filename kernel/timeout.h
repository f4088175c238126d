/* SPDX-License-Identifier: GPL-2.0-only */
/* Timeouts of one CPU: a leftist heap by deadline, so that inserting and removing cost O(log n) whatever user space asks for. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct timeout {
    uint64_t         deadline;                          /* STC ticks, absolute                                      */
    struct timeout  *left, *right, *up;                 /* heap; up of the root is null                             */
    uint32_t         rank;                              /* length of the right spine, 0: not queued                 */
    void           (*fire) (struct timeout *);          /* called when due, already removed                         */
};

struct timeout_queue {
    struct timeout *root;
    uint64_t        slice;                              /* end of the running time slice; in the far future for none */
    uint64_t        armed;                              /* what the hardware timer was set to, ~0 for nothing       */
};

static inline bool timeout_queued (struct timeout const *t) { return t->rank; }

void timeout_cpu_init (void);
INDIRECT_NEVER void timeout_insert (struct timeout *, uint64_t deadline); /* must not be queued; this CPU                     */
INDIRECT_NEVER void timeout_remove (struct timeout *);          /* may be queued; the CPU on which it was inserted  */

/* The hardware timer interrupts this CPU within ms milliseconds, though nothing may be due then. */
void timeout_soon (uint64_t ms);

void timeout_arm    (void);                                     /* sets the hardware timer if it would come too late */

/* Hardware timer: fires what is due and sets the timer again. Returns true if the time slice has ended. */
bool timeout_interrupt (void);
