/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling context: priority and time budget, bound to one EC on one CPU for its whole life. */
#pragma once

#include <abi/status.h>
#include <base/list.h>
#include <kobject.h>

struct ec;

struct sc {
    struct kobject      obj;
    struct link         link;                           /* ready queue of its CPU, or the waiting list of a blocked EC; only its CPU */
    struct ec          *ec;                             /* reference; fixed, as are cpu, prio, budget and cos       */
    uint64_t            budget, left;                   /* ticks; left: only its CPU                                */
    cpu_t               cpu;
    uint8_t             prio;
    bool                ready;                          /* link is in the ready queue                               */
    uint16_t            cos;

    /* Consumed time. Ordering: written by its CPU only, between two increments of seq (release); readers on any CPU retry
     * while seq is odd or has changed (acquire). start is 0 while the SC does not run. */
    _Atomic (uint32_t)  seq;
    _Atomic (uint64_t)  used, start;
};

void        sc_init   (void);
enum status sc_create (struct sc **out, struct ec *, uint16_t budget_ms, uint8_t prio, uint16_t cos) MUST_CHECK;  /* MEM_OBJ */
bool        sc_retire (struct kobject *);

uint64_t    sc_time   (struct sc const *);              /* consumed so far, ticks; any CPU                          */
void        sc_start  (struct sc *, uint64_t now);      /* its CPU: begins to run, stops running                    */
void        sc_stop   (struct sc *, uint64_t now);
