/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling context: priority and time budget, bound to one EC on one CPU for its whole life. */
#pragma once

#include <abi/status.h>
#include <base/list.h>
#include <kobject.h>

struct ec;

struct sc {
    struct kobject      obj;
    struct link         link;                           /* ready queue of its CPU or waiting list of a blocked EC; only its CPU */
    struct ec          *ec;                             /* reference; fixed, as are cpu, prio, budget and cos       */
    int64_t             budget;                         /* ticks; fixed                                             */
    int64_t             limit;                          /* consumed time at which its budget will be empty; only its CPU */

    /* Consumed time, ticks. Runs: negative, consumed time minus start of the run; otherwise the consumed time.
     * Ordering: relaxed, one word, written by its CPU only and read by any. */
    _Atomic (int64_t)   used;

    struct link        *queue;                          /* ready queue and bitmap word of its CPU, through its CPU's view; fixed */
    uint64_t           *word, mask;
    struct inbox_link   admit_link;                     /* cpu_local.admit of its CPU                               */
    cpu_t               cpu;
    uint8_t             prio;
    uint16_t            cos;
};

void        sc_init   (void);
enum status sc_create (struct sc **out, struct ec *, uint16_t budget_ms, uint8_t prio, uint16_t cos) MUST_CHECK;  /* BAD_CAP, MEM_OBJ */
bool        sc_retire (struct kobject *);

uint64_t    sc_time   (struct sc const *);              /* consumed so far, ticks; any CPU                          */

/* Its CPU: begins to run, stops running, at time now. Returns what `used` is then. */
static inline int64_t sc_start (struct sc *sc, uint64_t now)
{
    int64_t const used = rlx_load (&sc->used) - (int64_t)now;

    rlx_store (&sc->used, used);

    return used;
}

static inline int64_t sc_stop (struct sc *sc, uint64_t now)
{
    int64_t const used = rlx_load (&sc->used) + (int64_t)now;

    rlx_store (&sc->used, used);

    return used;
}
