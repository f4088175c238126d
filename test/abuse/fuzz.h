/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random hypercalls that know the interface: fields from abi/syscall.h, filled with values that are right, nearly right, or
 * nothing. One step is a function of its state alone, so that a seed repeats a sequence; it uses no other data, so that it
 * can run in a protection domain that has nothing but the code and its state.
 */
#pragma once

#include <hypercall.h>
#include <stdbool.h>

enum { FUZZ_SPECIALS = 8, FUZZ_STATUSES = 12, FUZZ_MADE = 8 };

/* Kinds of objects that it remembers to have made; special[k] is one, too, where there is one */
enum fuzz_object { FUZZ_PD, FUZZ_OBJ, FUZZ_HST, FUZZ_PIO, FUZZ_SM, FUZZ_PT, FUZZ_EC, FUZZ_SC, FUZZ_OBJECTS };

struct fuzz {
    uint64_t    rng;
    uint64_t    sel, sels;                              /* selectors to play with: power of 2, aligned          */
    uint64_t    special[FUZZ_SPECIALS];                 /* capabilities to use, but not to overwrite            */
    uint64_t    made[FUZZ_OBJECTS][FUZZ_MADE];          /* selectors, 0 if none                                 */
    uint64_t    page, pages;                            /* of its host space, to put UTCBs and memory: as sels  */
    uint64_t    obj, hst;                               /* specials: its own spaces, which are changed only in those ranges */
    uint64_t    grave, graves;                          /* new object spaces are created in these selectors, then copied: */
    uint64_t    graved;                                 /* so many, since whoever gives it back has to clear it */
    uint64_t    frequency;                              /* of the STC                                           */
    uint64_t    ip[4];                                  /* where new portals may enter                          */
    uint64_t    sel_num;
    uint32_t    cpus;
    bool        confined;                               /* whatever the root PD alone may do answers BAD_HYP    */

    uint64_t volatile   steps;
    uint64_t volatile   count[HYPERCALL_COUNT][FUZZ_STATUSES];
    uint64_t volatile   illegal;                        /* calls with a status that they cannot have            */
    struct hyp_regs     bad_in, bad_out;                /* the first one                                        */
};

void fuzz_step (struct fuzz *);
