/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Explores what a few CPUs do in every order of their accesses to shared words. The words are entries of tables of two; their
 * addresses look like those of pages, and there is nothing behind them.
 *
 * A program gives model_program() and model_done(), sets up the tables, and calls model_explore().
 */
#pragma once

#include <base/macros.h>
#include <ptab.h>

enum { MODEL_CPUS = 3, MODEL_TABLES = (MODEL_CPUS + 1) * 80 };

/* Faults that checks must find */
enum model_fault { NO_FAULT, CAS_ALWAYS, SWAP_IN_TWO, DEAD_FORGOTTEN, FREED_AT_ONCE, FAULTS,
                   /* ... of break before make */
                   NOT_BROKEN = FAULTS, NOT_FLUSHED, HOLE_CLEAN, CLEAN_TOO_EARLY, NO_FINAL_FLUSH, FOUND_DONE, BREAK_FAULTS,
                   /* ... of holes with names alone */
                   NO_NAMES = BREAK_FAULTS, NAMED_CLEAN, NAMED_CLEAN_TOO_EARLY, NAMED_NO_FINAL_FLUSH, NAMED_FOUND_DONE, ALL_FAULTS };

extern enum model_fault model_fault;

/* What went wrong; the first one ends the exploration */
extern char const *model_violation;

void model_wrong (char const *text);

#define CHECK(x) do { if (!(x)) model_wrong (#x); } while (0)

/* Of each CPU */
struct model_cpu {
    unsigned fail;                                      /* the n-th allocation fails; 0: none                       */
    bool     lax;                                       /* its end is not looked at in all orders                    */
    unsigned begin, end;                                /* time of the first access, and when it was over           */
};

extern struct model_cpu model_cpu[MODEL_CPUS];

/* Forgets all tables. From here to model_explore() accesses are made at once, without an order. */
void model_start (void);

/* All orders of what CPUs 0 ... cpus - 1 do */
void model_explore (unsigned cpus);

extern uint64_t model_steps, model_orders;

/* The order that went wrong, printed */
void model_tell (void);

/*
 * TLBs, if the program asks for them: any may take in any valid entry at any time, and keeps it until a flush that begins later
 * than the entry, or a table on the way to it, has gone. Two that are not to be there at the same time break the rule.
 */
extern bool model_tlb;
extern bool model_changed;                              /* the CPU that runs has changed an entry                   */
void        model_flush (void);                         /* two steps: it begins; what had gone then is nowhere      */
bool        model_stale (void);                         /* in model_done(): some TLB may still hold what has gone   */
bool        model_valid (uint64_t e);                   /* given by the program: to the CPU                         */
bool        model_conflict (uint64_t e, uint64_t f);    /* ... of two valid entries of one slot                     */
pte_slot_t *model_table (uint64_t e);                   /* ... the table that a valid entry refers to, or null      */

/* Given by the program: CPU n has ended what it does. And for it, then: calls gone() for each entry that maps pages, was in the tables
 * before the CPU began, no longer is, and may still be in a TLB. way: which entries lead to it, from the root, the first one lowest. */
void        model_ended (unsigned n);
void        model_each_gone (unsigned n, void (*gone) (uint64_t e, unsigned depth, unsigned way));

/* Given by the program: what the CPU does, from its beginning, with the same accesses as long as they have the same results; it is
 * left by a jump. And the checks after each order, during which accesses are made at once; they may free tables. */
void model_program (unsigned cpu);
void model_done (void);

/* A table was handed over, to be freed when nobody can be in it. False in a fault, and in a run that repeats what has happened. */
bool model_dead (pte_slot_t *, unsigned level);

extern struct model_dead { pte_slot_t *table; unsigned level; } model_deads[MODEL_TABLES];
extern unsigned model_dead_count;

bool     model_used (pte_slot_t *);
void     model_unuse (pte_slot_t *);                    /* frees it, in model_done()                                */
unsigned model_used_count (void);
