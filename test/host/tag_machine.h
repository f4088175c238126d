/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A machine of aarch64 with tagged TLBs, whose CPUs take turns at every instruction that concerns them and at every store to a table.
 *
 * The machine is as unhelpful as the manual lets it be (Arm ARM, B2.3, D8.14 to D8.16, and K11 for the barriers):
 *  - Stores wait in a buffer until they drain, at the latest at a DSB; walks of all CPUs see what has drained.
 *  - After each step, TLBs and walk caches take in all that can be reached from the loaded table, under the loaded tag.
 *  - A write of TTBR0_EL2 or VTTBR_EL2 counts at the next ISB or ERET at the latest. Until then walks use the old and the new value, and
 *    TLBI for "the loaded VMID" means the old one.
 *  - TLBI has happened when a DSB is over: for other CPUs, one of the inner shareable domain or wider. A TLBI that is waited for happens
 *    before the stores that wait for the same DSB.
 *
 * After every step: nothing that a CPU can reach under its loaded tag in user mode has been given back or is another space's. With ASIDs,
 * that of user mode is in the regime of the kernel, which may walk for it at any time: no table has been given back then, either.
 *
 * Orders are explored as orders.h says.
 */
#pragma once

#include <space_hst.h>

#include <orders.h>
#include <host.h>

#define CPUS    3
#define SPACES  4
#define PAGES   32                                      /* a set of them is a word                                  */
#define TAGS    4
#define SLOTS   2

/* One rule broken at a time */
extern enum broken {
    RIGHT,
    NO_FLUSH,                                           /* tag_free() gives the tag back at once                    */
    NO_STORE_BARRIER,                                   /* DSB ISH before TLBI                                      */
    NO_WAIT,                                            /* DSB ISH after TLBI                                       */
    LOCAL,                                              /* TLBI of this CPU alone                                   */
    NO_ISB,                                             /* between VTTBR_EL2 and TLBI                               */
    NO_ISB_LEAVING,                                     /* behind the load of the NOVA space                        */
    NO_RESTORED_FLUSH,                                  /* of VMID 0, after another root with it was loaded         */
    NO_UNTAGGED_FLUSH,                                  /* when a root without a tag is loaded                      */
    OWN_TABLE,                                          /* tag_free() with the table of the space, not the empty one */
    NO_RETIRE_FLUSH,                                    /* of a space without a tag                                 */
} broken;

/* Two levels: a top-level table, tables of leaves */
struct page { uint64_t e[PTAB_ENTRIES]; };

extern struct page page[PAGES];
extern unsigned owner[PAGES];                           /* space + 1                                                */
extern uint32_t gone;                                   /* set of pages that were given back                        */
extern struct space_hst space[SPACES];
extern unsigned cpus, self, flag;                       /* flag: scripts tell each other                            */
extern unsigned loaded[CPUS];                           /* what the kernel has loaded, space + 1                    */
extern bool vhe_on, leaving;

struct scenario {
    char const *name;
    unsigned    cpus, tagged;                           /* set of spaces that have a tag                            */
    void      (*script[CPUS]) (void);
    unsigned    at[CPUS];                               /* where they begin: space + 1                              */
};

static inline unsigned page_id (uint64_t e) { return (unsigned)(((e & ~ROOT_TAG) - (uintptr_t)page) / PAGE_SIZE); }
static inline unsigned tag_of (uint64_t root) { return (unsigned)(root >> ROOT_TAG_SHIFT); }
static inline unsigned number (struct space_hst const *s) { return s == &space_hst_nova ? 0 : (unsigned)(s - space) + 1; }

uint64_t take (unsigned owner);                         /* a page that has never been used; its address             */
void     learn (uint64_t v);                            /* becomes part of this CPU's history                       */
void     entry (uint64_t *p, uint64_t v);               /* stores it                                                */
void     user (void);                                   /* ERET, user mode until the CPU goes on                    */
void     go (struct space_hst *);                       /* loads it, then user()                                    */
void     await (unsigned n);                            /* until flag is as large                                   */

char const *explore (struct scenario const *);          /* all orders; returns what is wrong in one of them, or null */

/* From the test */
void     model_setup (struct scenario const *);         /* makes the spaces                                         */
uint64_t model_extra (void);                            /* state that is not in the model                           */
