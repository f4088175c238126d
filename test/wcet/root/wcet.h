/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Worst cases of the kernel, as far as user space can build them. A scenario is a function scenario_NAME () that the measuring
 * knows by its symbol: what the kernel does from its first instruction on counts for it. Sizes follow the option n=.
 */
#pragma once

#include <hypercall.h>
#include <root.h>
#include <stdbool.h>
#include <stc.h>
#include <thread.h>
#include <traits.h>

#define SCENARIO(name)  void scenario_##name (void); __attribute__ ((noinline)) void scenario_##name (void)

/* Ends the machine with a message if the hypercall failed */
#define NEED(x)         need ((x), #x, __FILE__, __LINE__)

void need (enum status, char const *what, char const *file, unsigned line);

enum { PRIO_CROWD = 10, PRIO_MAIN = 100, PRIO_WATCH = 120, CROWD_ORD_MAX = 12 };

extern unsigned crowd_size, crowd_ord;                  /* n threads, in 2^ord selectors                        */
extern unsigned user_ord, top_ord;                      /* orders of pages: a whole host space, an entry of its top-level table */

void sleep_ms (uint64_t);                               /* all others run                                       */

/* Protection domain with its spaces at sel...sel + 3, four selectors; ports only where there are some (HAS_PORTS) */
struct domain { uint64_t pd, obj, hst, pio; };
void domain_new (struct domain *);
void domain_end (struct domain *);                      /* revokes; the space goes when its ECs have gone       */

/*
 * A crowd: threads without stacks in the root PD, each with an SC. They make one hypercall and then wait for ever. crowd_end ()
 * revokes them; the selectors and UTCB addresses are used again.
 */
struct crowd { uint64_t ec, sc; uintptr_t utcb; unsigned cpu; };

void crowd_new   (struct crowd *, unsigned cpu, uint64_t evt);
void crowd_start (struct crowd *, uint64_t p0, uint64_t p1);
void crowd_end   (struct crowd *);
void crowd_expect (enum status, unsigned count);        /* of so many, the hypercall has ended so; else panics  */
uint64_t crowd_events (unsigned cpu);                   /* event selector base with a startup portal            */

uint64_t id_down (uint64_t sm);                         /* hypercall identifiers, for stubs                     */
uint64_t id_call (uint64_t pt);

extern char const stub_crowd[], stub_relay[], stub_fault[], stub_exit[];
