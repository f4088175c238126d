/* SPDX-License-Identifier: GPL-2.0-only */
/* Host ECs of the root PD: local ones serve portals, global ones run a function on a scheduling context. */
#pragma once

#include <stdint.h>
#include <abi/event_arch.h>
#include <abi/status.h>
#include <abi/utcb.h>

#define THREAD_STACK    0x4000

/* Event selectors of a thread, 2^THREAD_EVENT_ORD. The last one is behind all events. */
enum { THREAD_EVENT_ORD = EVENT_HST_ARCH + EVENT_HST_NOVA < 64 ? 6 : 7 };

typedef void thread_fn (void *arg);

struct thread {
    uint64_t        ec;                                 /* selectors                                            */
    uint64_t        sc;                                 /* global thread only                                   */
    uint64_t        evt;                                /* event selector base; portals may be created there    */
    unsigned        cpu;
    union utcb *    utcb;                               /* for use by this thread only                          */
    uintptr_t       stack_top;
    thread_fn *     fn;                                 /* global thread only                                   */
    void *          arg;
};

/* Flags: 0 or FLAG_EC_FPU. MEM_OBJ also means that the runtime has no memory left. *t must stay where it is. */
enum status thread_create_local (struct thread *, unsigned flags, unsigned cpu);

/* Reserves everything and creates the EC and its startup portal, so that event portals may be added before it runs. */
enum status thread_create_global (struct thread *, unsigned flags, unsigned cpu, thread_fn *, void *arg);

/* Binds a scheduling context: fn (arg) starts. When fn returns the thread blocks for ever. scd: hyp_scd (). */
enum status thread_start (struct thread *, uint64_t scd);

/* Architecture: fills a UTCB so that the EC continues at fn (arg) with that stack; returns the MTD of the reply */
uint32_t    thread_continue (union utcb *, void (*fn) (void *), void *arg, uintptr_t stack_top);
