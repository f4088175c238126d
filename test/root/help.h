/* SPDX-License-Identifier: GPL-2.0-only */
/* What many tests need. Functions that cannot fail end the test when they do. */
#pragma once

#include <test.h>
#include <traits.h>

uint64_t    sm_new (uint64_t count);
uint64_t    cap_with (uint64_t sel, unsigned pmm);      /* a copy with fewer permissions                        */
bool        cap_null (uint64_t sel);                    /* no hypercall accepts it: semaphore, portal, PD, EC... */
uint64_t    wrong_cap (void);                           /* of a type that only ctrl_sm wants                    */
uint64_t    beyond (uint64_t sel);                      /* a selector that has the same low bits behind SELNUM  */

uint64_t    in_ms (uint64_t);                           /* STC then                                             */
void        sleep_ms (uint64_t);                        /* lets threads of lower priority run                   */
extern uint64_t time_factor;                            /* option slow=N: all times are N times as long, for a busy machine */
enum status await (uint64_t sm);                        /* down with a timeout of a second                      */

/* Threads. Exceptions that a test does not want end it. They may be killed after the test. */
struct thread * local_new (unsigned flags);
struct thread * local_on (unsigned cpu, unsigned flags);
struct thread * global_new (unsigned flags, thread_fn *, void *arg);            /* does not run yet            */
struct thread * global_on (unsigned cpu, unsigned flags, thread_fn *, void *arg);
struct thread * spawn (unsigned prio, thread_fn *, void *arg);                  /* runs                        */
struct thread * spawn_on (unsigned cpu, unsigned prio, thread_fn *, void *arg);
uint64_t        local_bare (uint64_t pd, uint64_t evt); /* selector; its stack pointer is its UTCB              */
struct portal * portal_new (struct thread *server, portal_fn *, void *arg);

/* Replaces the portal of an event */
struct portal * event_new (struct thread *t, unsigned vector, struct thread *server, portal_fn *, void *arg, uint32_t mtd);

/* Of the largest range of pages that a delegation can name and a host space has */
unsigned        order_max (void);

/* A protection domain with all spaces; pio: a null capability where there are no ports */
struct domain {
    uint64_t    pd, obj, hst, pio;
};

void        domain_new (struct domain *);

/* A PIO space where there are ports; else nothing is made, and that is a success */
enum status pio_new (uint64_t sel, uint64_t pd);

/* By the driver */
void        threads_kill (void);                        /* all that were made since the last time               */
void        fault_print (char const *test);             /* diagnoses                                            */
bool        guard_watch (struct thread const *);        /* the same events as for the threads of tests          */
extern uint64_t test_over;                              /* semaphore: the test has ended                        */
extern uint64_t test_never;                             /* semaphore that nobody ups                            */
extern bool volatile test_faulted, test_ended;
