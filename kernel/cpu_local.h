/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Data of one CPU, at the same virtual address on every CPU. Only its CPU writes it, with interrupts off; fields that other
 * CPUs touch through cpu_remote[] are _Atomic and say so.
 */
#pragma once

#include <base/atomic.h>
#include <base/compiler.h>
#include <base/inbox.h>
#include <base/types.h>
#include <cpu_arch.h>
#include <rcu.h>
#include <scheduler.h>
#include <timeout.h>
#include <trace.h>

struct cpu_local {
    /* One cache line for the IPC path */
    struct ec           *current;                       /* the EC whose state is loaded or being saved              */
    _Atomic (paddr_t)    root;                          /* page-table root that is loaded. Ordering: space_hst.c    */
    uint32_t             hazard;                        /* HAZARD_*. In order as in struct ec: one load has both    */
    uint32_t             token;                         /* id + 1: a local EC of this CPU waits for messages        */
    uint32_t             id;                            /* cpu_t, widened; fixed                                    */
    struct ec           *next;                          /* switch request of a hypercall: run this one; null: let the scheduler decide */
    struct cpu_arch      arch;                          /* its first word is of that line, too                      */

    struct ec           *idle;
    struct ec           *fpu_owner;                     /* may be null                                              */

    uint32_t             console_lines;                 /* that ended since the console semaphore was last signaled */
    _Atomic (uint32_t)   tlb_request, tlb_done;         /* shootdowns asked for by others, and served by this CPU   */
    _Atomic (uint32_t)   kick_request, kick_done;       /* strong recalls, in the same way                          */
    _Atomic (uint64_t)   hole;                          /* what it leaves where it removes a page, until its next flush. Ordering: release
                                                           behind that; who acquires another name finds the TLBs flushed */

    struct scheduler     sched;
    struct timeout_queue timeouts;
    struct rcu_cpu       rcu;

    /* From other CPUs */
    struct inbox         wake;                          /* ECs that they made ready                                 */
    struct inbox         admit;                         /* SCs that they created                                    */
    struct inbox         deferred;                      /* calls that only this CPU may make                        */

    struct link         *dying;                         /* dead ECs whose callers die or go on next: ec_bury()      */

    struct trace_cpu     trace;                         /* for entry code                                           */
};

extern struct cpu_local cpu_local;                      /* placed by the linker script                              */
