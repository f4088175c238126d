/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What there is to count besides ticks: the performance counters that the kernel lets user mode read (pmu=, doc/bench/counters.md). None
 * on a kernel without that record, such as NOVA. Each is read by a form of TIMED () of its own, in batches of their own.
 */
#pragma once

#include <abi/record.h>
#include <counter_arch.h>
#include <stdint.h>

enum { COUNTERS_MAX = PMU_EVENT_COUNT };

struct counter {
    char const *        name;                           /* word of pmu= and of the line protocol                */
    enum pmu_event      event;
    uint32_t            selector;                       /* for whoever reads it                                 */
    enum counter_way    way;                            /* which form of TIMED () does                          */
    uint64_t            mask;                           /* of its width: what is read wraps there               */
};

/* Once, by the driver: takes those that can be read on this CPU */
void counter_init (unsigned cpu);

unsigned counter_count (void);
struct counter const *counter_get (unsigned);           /* in the order of pmu=                                 */

/* The form of that way reads this one from now on */
void counter_select (struct counter const *);

/* What it counted between two readings with this difference; less than half of what it can count */
int64_t counter_passed (struct counter const *, uint64_t difference);

/* What the forms of TIMED () select */
extern uint64_t counter_selector;
