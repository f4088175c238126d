/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduler of one CPU: the ready SC of the highest priority runs, round robin among equals. */
#pragma once

#include <base/list.h>

struct sc;
struct ec;

enum { PRIORITIES = 128, PRIO_MAX = PRIORITIES - 1 };

struct scheduler {
    struct sc  *current;                                /* its budget is being consumed; null: to be chosen         */
    uint64_t    last;                                   /* when the last one stopped: the next one pays from there  */
    uint64_t    bitmap[PRIORITIES / 64];                /* priorities that may have a ready SC: cleared when found empty */
    struct link ready[PRIORITIES];
};

void scheduler_cpu_init (void);

/* All of this is for the SC's CPU, which is this one */
void scheduler_ready  (struct sc *);                    /* becomes ready, last of its priority                      */
void scheduler_remove (struct sc *);                    /* leaves every queue for good                              */

/*
 * Decides which EC runs now: the end of the call chain of the current SC, or, if that is blocked, absent or to be preempted,
 * of the best ready one. An SC whose chain ends in a blocked EC waits in that EC.
 */
struct ec *scheduler_select (void);

/* A new SC, from any CPU: its EC has not run yet and begins now */
void scheduler_admit (struct sc *);

/* The current SC waits until this blocked EC goes on. */
void scheduler_wait (struct ec *);

/* The end of the running SC's time slice has come */
void scheduler_slice_end (void);
