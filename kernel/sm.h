/* SPDX-License-Identifier: GPL-2.0-only */
/* Semaphore: a counter and a FIFO of blocked ECs; an interrupt semaphore also stands for one interrupt. */
#pragma once

#include <abi/status.h>
#include <base/list.h>
#include <kobject.h>
#include <spinlock.h>

struct ec;
struct timeout;

#define SM_NO_INT   (~UINT32_C (0))

struct sm {
    struct kobject  obj;
    struct spinlock lock;
    uint32_t        interrupt;                          /* pin number, or SM_NO_INT; fixed                          */
    uint64_t        count;                              /* lock; 0 while somebody waits                             */
    struct link     queue;                              /* ECs in order of arrival; lock                            */
    bool            retiring;
};

void        sm_init   (void);
enum status sm_create (struct sm **out, uint64_t count, uint32_t interrupt) MUST_CHECK;     /* MEM_OBJ              */
bool        sm_retire (struct kobject *);

/* Releases the longest waiting EC, on whatever CPU, or increments the counter. OVRFLOW. */
enum status sm_up (struct sm *);

/* Decrements the counter (or takes all of it) and returns true, or queues the EC, with a timeout unless that is 0, and returns false. */
bool        sm_down (struct sm *, struct ec *, bool zero, uint64_t timeout) MUST_CHECK;

/* Takes the EC out of the queue it is in, if it still is; returns true if it was. The EC's CPU. */
bool        sm_cancel (struct ec *);

void        sm_timeout (struct timeout *);              /* fire function of an EC's timeout                         */
