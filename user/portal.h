/* SPDX-License-Identifier: GPL-2.0-only */
/* Portals that C functions serve. */
#pragma once

#include <thread.h>

struct portal;

/* Gets the UTCB of the serving thread and the MTD of the message; returns the MTD of the reply. */
typedef uint32_t portal_fn (struct portal *, union utcb *, uint32_t mtd);

struct portal {
    uint64_t        sel;
    struct thread * server;                             /* a local thread                                       */
    portal_fn *     fn;
    void *          arg;
};

/* Creates a portal at a free selector (0: from sel_alloc ()). *p must stay where it is: it is the PID. mtd: for event portals. */
enum status portal_create (struct portal *, uint64_t sel, struct thread *server, portal_fn *, void *arg, uint32_t mtd);

/* Assembly: where such portals enter */
void        portal_entry (void);

/* Called from portal_entry only */
uint32_t    portal_dispatch (struct portal *, uint32_t mtd);
