/* SPDX-License-Identifier: GPL-2.0-only */
/* Hypercalls and exceptions with all registers known before, in the handler, and behind. */
#pragma once

#include <abi/utcb.h>
#include <nest_events.h>
#include <regs.h>
#include <stdbool.h>

struct nest_cpu {
    struct regs         before, regs;                   /* regs: what the instruction is executed with, and leaves  */
    uint64_t            change;                         /* by the handler, to all registers                     */
};

unsigned    nest_vector (unsigned event);
uint32_t    nest_event_mtd (void);                      /* of portals for events                                */
bool        nest_wants_fpu (unsigned event);            /* it happens only to an EC without FPU                 */

/* Registers become what the seed says. Out: are those that are to be preserved as they were? */
bool        nest_hypercall (struct nest_cpu *, uint64_t seed, uint64_t *p0, uint64_t *p1);
bool        nest_raise (struct nest_cpu *, uint64_t seed, unsigned event);
void        nest_die (struct nest_cpu *);

/* In the handler: is the state that came with the event what nest_raise() had? Then what goes back; returns the MTD. */
bool        nest_event_good (struct nest_cpu const *, unsigned event, union utcb const *, uint32_t mtd);
uint32_t    nest_event_reply (struct nest_cpu *, unsigned event, union utcb *, uint64_t seed);

/* FPU registers */
void        nest_fpu_set (uint64_t);
bool        nest_fpu_is (uint64_t);
