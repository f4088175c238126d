/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Abuse: what each theme needs to make trouble again and again with the same resources, and to see that all memory came
 * back. Everything below comes from a pool of selectors, addresses, stacks and portals that pool_begin () empties; only the
 * worker may call these functions, but for the random numbers.
 */
#pragma once

#include <help.h>

enum {
    POOL_SEL_ORD    = 15,                               /* selectors of the pool, aligned                       */
    POOL_PAGE_ORD   = 18,                               /* pages of address space, aligned                      */
    POOL_THREADS    = 48,                               /* threads with a stack                                 */
    POOL_PORTALS    = 128,
    CPUS            = 64,
};

/* xorshift64*: the same seed gives the same sequence everywhere; the state must not be 0 */
static inline uint64_t rng_next (uint64_t *s)
{
    *s ^= *s >> 12;
    *s ^= *s << 25;
    *s ^= *s >> 27;

    return *s * UINT64_C (2685821657736338717);
}

static inline unsigned rng_below (uint64_t *s, unsigned n) { return (unsigned) (rng_next (s) >> 33) % n; }

/* Options: seed=N (default 1), ms=N: how long a theme goes on that has no other end (default 300), times slow=N */
uint64_t    abuse_seed (void);                          /* for this test, of option seed and the test's name; never 0 */
uint64_t    abuse_ms (void);

/* Empties the pool, and notes the free memory, which pool_end () checks to be the same again when all is revoked */
void        pool_begin (void);
void        pool_end (void);

/* In between, all of the pool is given back: is the memory? Returns the difference in pages, 0 if so. */
int64_t     pool_recycle (void);

uint64_t    pool_sel (unsigned ord);                    /* 2^ord selectors, aligned                             */
uintptr_t   pool_pages (unsigned ord);                  /* address of 2^ord pages, aligned                      */
uint64_t    pool_ram (unsigned ord);                    /* physical address of 2^ord unused pages, aligned; ord <= 9 */
uint64_t    pool_sm (uint64_t count);
void        pool_domain (struct domain *);
enum status pool_clear (uint64_t obj);                  /* makes all capabilities of an object space null       */
uint64_t    pool_bare (uint64_t pd, unsigned cpu, uint64_t evt);    /* local EC, SP = UTCB: for server_page etc. */

/* ECs with a stack in the root PD, guarded like those of tests; global ones run */
struct thread * pool_local (unsigned cpu);
struct thread * pool_global (unsigned cpu, thread_fn *, void *arg);     /* does not run yet: thread_start ()    */
struct thread * pool_spawn (unsigned cpu, unsigned prio, thread_fn *, void *arg);
struct thread * pool_server (uint64_t pd, unsigned flags, unsigned cpu);        /* in another PD, no event portals */
struct portal * pool_portal (uint64_t sel, struct thread *server, portal_fn *, void *arg, uint32_t mtd);    /* sel 0: any */

/* For loops of threads: true when they are to end, which they tell with pool_done () */
extern bool volatile pool_stop;
void        pool_done (void);
void        pool_halt (void);                           /* takes the SCs of all threads away; then none of them runs */
bool        pool_join (unsigned n);                     /* sets pool_stop; false if not so many are done in seconds */
