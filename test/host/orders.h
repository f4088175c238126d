/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * All orders of the steps of some CPUs, for machines that model what orders there are (tagged_tlb.h, tag_machine.h).
 *
 * Each CPU runs a script of its own as a coroutine, on a stack of its own, and gives way at the end of each step. Orders are explored
 * depth first, by starting again and taking the next choice; states that were seen are not entered twice.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { ORDERS_CPUS = 3, ORDERS_CHOICES = 3 * ORDERS_CPUS };

extern char const *wrong;                               /* null as long as all holds; the machine says what does not    */

struct machine {
    void      (*reset) (void const *scenario);          /* and starts a coroutine for each CPU                          */
    unsigned  (*choices) (uint8_t list[ORDERS_CHOICES]);   /* how many steps are possible now, and their numbers       */
    void      (*act) (unsigned choice);                 /* takes one                                                    */
    bool      (*finished) (void);                       /* all scripts are at their end                                 */
    uint64_t  (*state) (void);                          /* digest of all that matters for what can follow               */
};

/* All orders. Returns what is wrong in one of them, or null; then says on stderr how many states there were. */
char const *orders_all (struct machine const *, void const *scenario, char const *name);

/* Orders at random; each CPU has its own pace for a while */
char const *orders_random (struct machine const *, void const *scenario, unsigned runs, uint64_t seed);

uint64_t orders_digest (uint64_t digest, void const *data, size_t size);   /* with so many bytes more, a multiple of 8 */
uint64_t orders_history (uint64_t history, uint64_t value);                /* with one more value                      */

void coroutine_make (unsigned cpu, void (*body) (void));    /* body never returns                                       */
void coroutine_enter (unsigned cpu);                        /* from outside: until it leaves                            */
void coroutine_leave (unsigned cpu);                        /* from within                                              */
