/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduler of one CPU: the ready SC of the highest priority runs, round robin among equals. */
#pragma once

#include <base/compiler.h>
#include <base/list.h>

struct sc;
struct ec;

enum { PRIORITIES = 128, PRIO_MAX = PRIORITIES - 1 };

struct scheduler {
    struct sc  *current;                                /* its budget is being consumed; null: to be chosen         */
    uint64_t    last;                                   /* when the last one stopped: the next one pays from there  */
    uint64_t    bitmap[PRIORITIES / 64];                /* priorities that have a ready SC: those whose queue is not empty */
    struct link ready[PRIORITIES];
    struct link released;                               /* ready, but not queued yet: HAZARD_READY                   */
};

void scheduler_cpu_init (void);

/* A new SC, from any CPU; the caller holds a reference */
void scheduler_admit (struct sc *);
bool scheduler_admit_pending (void);                    /* those that other CPUs created for this one; true: not all */

/* The following are for the SC's CPU, which is this one. More of them, inline: scheduler_hot.h */
void scheduler_remove (struct sc *);                    /* leaves every queue for good                              */
INDIRECT_NEVER void scheduler_preempt (void);           /* HAZARD_SCHED: the current SC is queued, if there is one  */
void scheduler_slice_end (void);                        /* the end of the running SC's time slice has come          */
void scheduler_release (struct link *);                 /* all SCs of this list become ready, if need be in steps   */
bool scheduler_release_pending (void);                  /* the next step; true: there is another one                */
