/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Entries of the architecture that look at every register before anything else can change one (witness.S): a portal of a local EC, and
 * where a new global EC starts. Both need a stack.
 */
#pragma once

#include <regs.h>

struct seen {
    uint64_t        gpr[GPRS], flags;
    uint32_t        extra[4];                           /* what else the architecture has (witness.S)           */
};

extern struct seen volatile witness_seen;               /* by the last one                                      */

/* What the portal does then: a function that returns the MTD of the reply; the registers to reply with, but p0, p1 and the stack pointer */
typedef uint32_t witness_fn (uintptr_t pid, uint32_t mtd);

extern witness_fn *volatile witness_serve;
extern uint64_t volatile witness_reply[GPRS];

void        witness_portal (void);
void        witness_start (void);                       /* goes on at witness_started ()                        */
void        witness_started (void);
