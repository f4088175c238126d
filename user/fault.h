/* SPDX-License-Identifier: GPL-2.0-only */
/* Catches the architectural exceptions of threads: the thread is killed, and a function is told why. */
#pragma once

#include <thread.h>

struct fault {
    unsigned    vector;
    uint64_t    ip, error, address;                     /* address: of a page fault                             */
};

typedef void fault_fn (struct fault const *);

/* Once: creates portals for all exceptions of threads on that CPU; fn runs in the local EC that serves them. */
enum status fault_init (unsigned cpu, fault_fn *fn);

/* Copies those portals to the event selectors of a thread, which must be null except for the startup event */
enum status fault_watch (struct thread const *);

/* Architecture: the MTD that fault_read () wants, and the reading of a UTCB */
extern uint32_t const fault_mtd;
void        fault_read (union utcb const *, struct fault *);
