/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine with tagged TLBs and store buffers, whose CPUs take turns at every access to shared memory. A test that includes
 * this header before kernel code, and then that code itself, has every access of it go through the model.
 *
 * Memory is x86's: stores wait in a buffer of their CPU until they drain; locked instructions, fences and the load of CR3 empty it
 * (Intel SDM 3A, 8.2.2). The TLB and the paging-structure cache of each CPU are tagged and as greedy as a CPU may be: after every
 * step they take in all that can be reached from the loaded table and from what they hold, under the loaded PCID; they keep
 * it, old beside new, until something drops it that must (4.10.4.1).
 *
 * What is checked after every step, be it in user mode or in the kernel: no table that has been given back can be reached by a CPU
 * under its loaded PCID, nor a page, unless the CPU is about to leave: it has stored another root and not loaded it yet, and
 * the kernel touches no user address.
 *
 * Orders are explored as orders.h says. A state is the memory, buffers, TLBs, and for each CPU the history of what it has read.
 */
#pragma once

#include <orders.h>
#include <host.h>

#include <base/atomic.h>
#include <base/types.h>

/* Hooks: every access to shared memory ------------------------------------------------------------------------------ */

enum op { ADD, SUB, OR, AND, SWAP };

uint64_t model_load (uintptr_t p, size_t size, bool acquire);
void     model_store (uintptr_t p, size_t size, uint64_t v);
uint64_t model_rmw (uintptr_t p, size_t size, enum op op, uint64_t v);
void     model_fence (void);
void     model_pause (void);
void     model_cr3 (uint64_t v);

#define VALUE(p)    __typeof__ (atomic_load_explicit ((p), memory_order_relaxed))
#define ARGS(p)     (uintptr_t)(p), sizeof *(p)
#define RMW(p, o, v) ((VALUE (p))(uintptr_t)model_rmw (ARGS (p), (o), (uint64_t)(uintptr_t)(v)))

#undef rlx_load
#undef acq_load
#undef dep_load
#undef rlx_store
#undef rel_store
#undef atomic_swap
#undef atomic_add
#undef atomic_sub
#undef atomic_or
#undef atomic_and
#undef full_fence
#define rlx_load(p)         ((VALUE (p))(uintptr_t)model_load (ARGS (p), false))
#define acq_load(p)         ((VALUE (p))(uintptr_t)model_load (ARGS (p), true))
#define dep_load(p)         acq_load (p)
#define rlx_store(p, v)     model_store (ARGS (p), (uint64_t)(uintptr_t)(v))
#define rel_store(p, v)     model_store (ARGS (p), (uint64_t)(uintptr_t)(v))
#define atomic_swap(p, v)   RMW (p, SWAP, v)
#define atomic_add(p, v)    RMW (p, ADD, v)
#define atomic_sub(p, v)    RMW (p, SUB, v)
#define atomic_or(p, v)     RMW (p, OR, v)
#define atomic_and(p, v)    RMW (p, AND, v)
#define full_fence()        model_fence()

#include <cr.h>
#include <pause.h>
#define cr3_write(v)        model_cr3 (v)
#define pause()             model_pause()

/* The model's own page-table root and flush are the kernel's: fake_x86/ would replace them */
#include <../arch/x86_64/space_hst_arch.h>
#include <cpu.h>
#include <ipi.h>
#include <space_hst.h>

/* The machine ------------------------------------------------------------------------------------------------------- */

#define CPUS        3
#define SPACES      4
#define PAGES       32                                  /* a set of them is a word                                  */
#define PCIDS       4
#define SLOTS       2                                   /* of a top-level table: user memory, port bitmap           */
#define BUFFER      8                                   /* stores                                                   */
#define LOADS       16                                  /* more than between two times that a CPU waits             */

/* Page tables of two levels, enough for a table to be cut off */
struct page { _Atomic (uint64_t) e[SLOTS]; char pad[PAGE_SIZE - SLOTS * 8]; };

struct cpu {
    uint64_t cr3;
    uint32_t table[PCIDS][SLOTS];                       /* paging-structure cache: set of tables                    */
    uint32_t leaf[PCIDS][SLOTS][SLOTS];                 /* TLB: set of pages                                        */
    struct { uintptr_t p; size_t size; uint64_t v; } store[BUFFER];
    uint64_t history;
    uint64_t passes;                                    /* times in user mode                                       */
    unsigned stores;
    bool     user, done, interrupt, take;
    bool     waits;                                     /* for one of the last loads to give something else         */
    struct { uintptr_t p; size_t size; uint64_t v; } load[LOADS];
    unsigned loads;
    unsigned grace;                                     /* waits for CPU grace - 1 to have more passes than that    */
    uint64_t grace_passes;
};

extern struct page page[PAGES];
extern struct cpu mcpu[CPUS];
extern struct cpu_local area[CPUS];                     /* shared fields of cpu_local; others are not used          */
extern struct space_hst space[SPACES], nova;
extern _Atomic (uint32_t) flag[2];                      /* messages between scripts                                 */

extern uint32_t gone;                                   /* set of pages that have been given back                   */
extern unsigned cpus, self, flushes;
extern bool running;                                    /* false: set-up, one step without end                      */

unsigned page_id (uintptr_t addr);
uint64_t mem_load (uintptr_t p, size_t size);           /* not a step: what no other CPU changes                    */
void     mem_store (uintptr_t p, size_t size, uint64_t v);
uint64_t take (void);                                   /* a page that has never been used; its address             */
paddr_t  root_of (struct space_hst *, unsigned cpu);
void     learn (uint64_t v);                            /* becomes part of this CPU's history                       */
void     yield (void);                                  /* the end of a step                                        */
void     greedy (void);                                 /* fills the caches and checks                              */

/* Exploration ------------------------------------------------------------------------------------------------------- */

struct scenario {
    char const *name;
    unsigned    cpus;
    bool        grows;                                  /* tables of CPUs are made meanwhile                        */
    void      (*setup) (void);
    void      (*script[CPUS]) (void);
};

void        reset (struct scenario const *);
char const *explore (struct scenario const *);          /* all orders; returns what is wrong in one of them, or null */
char const *at_random (struct scenario const *, unsigned runs, uint64_t seed);

uint64_t model_extra (void);                            /* from the test: state that is not in the model            */

/* One rule broken at a time */
extern enum broken {
    NONE,
    NO_FENCE,                                           /* between the store of the root and the look at the marks  */
    NO_MARK,                                            /* by a shootdown                                           */
    MARK_BIT_ONLY,                                      /* summary left alone if the bit is set already             */
    LOOK_FIRST,                                         /* at the marks, then store the root                        */
    LOAD_FIRST,                                         /* the tables, then look at the marks and flush             */
    FLUSH_FIRST,                                        /* then take the mark away                                  */
    NO_SECOND_LOOK,                                     /* at the word when the summary's bit was cleared           */
    NO_MARK_FOR_NEW,                                    /* tables of a space that takes over a PCID                 */
    NO_INTERRUPT,                                       /* of a CPU that has the space loaded                       */
} broken;
