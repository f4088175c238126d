/* SPDX-License-Identifier: GPL-2.0-only */
#include <bench.h>
#include <root.h>
#include <stc.h>
#include <timer.h>

enum { PRIO_LOWEST = 1, SHORT_MS = 2, LONG_MS = 50 };

static bool works;
static uint64_t volatile wake;                          /* semaphore that the spinner ups at the end, 0: none   */
static uint64_t never;                                  /* semaphore that nobody ups                            */

static uint64_t in_ms (uint64_t ms) { return stc_read() + ms * root.hip->stc_freq / 1000; }

/* Has the CPU while the driver waits, and wakes it at last if the timeout does not */
static void spinner (void *arg)
{
    (void) arg;

    for (uint64_t const end = in_ms (LONG_MS); wake && stc_read() < end; ) ;

    if (wake)
        hyp_sm_up (wake);
}

void timer_probe (unsigned cpu)
{
    static struct thread thread;
    uint64_t const sm = wake = sel_alloc (0);

    never = sel_alloc (0);

    if (hyp_create_sm (sm, sel_root_pd(), 0) != STATUS_SUCCESS || hyp_create_sm (never, sel_root_pd(), 0) != STATUS_SUCCESS ||
        thread_create_global (&thread, 0, cpu, spinner, NULL) != STATUS_SUCCESS ||
        thread_start (&thread, hyp_scd (BUDGET_MS, PRIO_LOWEST, 0)) != STATUS_SUCCESS)
        return;

    works = hyp_sm_down (sm, in_ms (SHORT_MS)) == STATUS_TIMEOUT;

    /* If the timeout came, the spinner ends without waking anybody, and in this time blocks: then it is out of the way. */
    wake = 0;
    timer_sleep (SHORT_MS);
}

bool timer_works (void) { return works; }

enum status timer_wait (uint64_t stc) { return hyp_sm_down (never, stc); }

bool timer_sleep (uint64_t ms) { return works && timer_wait (in_ms (ms)) == STATUS_TIMEOUT; }
