/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine below the kernel core in a host test: a page pool at its lowest addresses, so that capabilities can hold them,
 * several CPUs of which one runs at a time, one timer for each, and allocations that fail when a test says so.
 */
#pragma once

#include <cpu_local.h>
#include <cpuset.h>
#include <virt.h>

#include <host.h>

#define CORE_CPUS       4
#define CORE_POOL       ((char *)(uintptr_t)0x10000000)
#define CORE_POOL_SIZE  (UINT64_C (16) << 20)
#define CORE_PHYS       UINT64_C (0x123440000000)       /* of the pool                                              */

extern uint64_t core_time;                              /* timer_now()                                              */
extern uint64_t core_timer[CORE_CPUS];                  /* deadline of the hardware timer, ~0: none                 */
extern uint64_t core_timer_sets;

extern uint64_t core_allocs;                            /* page allocations so far                                  */
extern uint64_t core_fail;                              /* fail the n-th one from now, and no other; 0: none        */
extern bool     core_fail_all;
extern void   (*core_alloc) (void);                     /* called once, at the next allocation: another CPU is faster */

extern bool     core_1g;                                /* CPU_PDPE1GB                                              */
extern enum virt_kind core_virt;                        /* what virt.h says                                         */
extern unsigned core_ept_leaf_max;
extern bool     core_ept_x_only, core_ept_mbec;
extern uint64_t core_flushes[CORE_CPUS];                /* TLB flushes                                              */
extern struct cpuset core_kicked;                       /* CPUs that have been interrupted and have not noticed     */
extern void   (*core_preempt) (void);                   /* called at preemption points; may be null                 */
extern unsigned core_points, core_stops;                /* counted by this one: others want the CPU at every third point or so */
void            core_preempt_some (void);

/* Once: pool, and the core's own initialization on CPUs 0 ... cpus - 1; CPU 0 runs. */
void core_init (unsigned cpus);

/* Another CPU goes on */
void core_cpu (unsigned cpu);

/* This CPU notices its interrupt, if there is one, as the interrupt entry would */
void core_notice (void);

/* All CPUs pass quiescent states until none has RCU work left; this CPU runs again afterwards. */
void core_settle (void);

/* Runs f in a child; returns true if the child ended in a panic */
bool core_panics (void (*f) (void));

/* From 4 levels of paging to 5, before there is a space with anything in it; settles */
void core_raise (void);

/* Addresses spread over the whole user half: all combinations of some values for the index of each level */
#define CORE_SAMPLES    256
uint64_t core_sample (unsigned);

void core_pool_init (void);                             /* the pool alone                                           */
size_t core_pages (void);                               /* free pages                                               */
