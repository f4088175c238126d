/* SPDX-License-Identifier: GPL-2.0-only */
/* Between explore.c, which knows the words and the time, and tlbs.c, which knows what TLBs hold of them. */
#pragma once

#include <explore.h>

enum { MODEL_SETUP = MODEL_CPUS, MODEL_ARENA = MODEL_TABLES / (MODEL_CPUS + 1) };

#define MODEL_ROOT  (MODEL_SETUP * MODEL_ARENA)         /* the first table of all                                   */
#define MODEL_BASE  ((uintptr_t)0x10000000)             /* of the tables' addresses: nothing is mapped there        */

extern bool model_is_used[MODEL_TABLES];

/* The first table from t on that is used; MODEL_TABLES: there is none. Most of an arena never is, and this runs for each flush. */
unsigned model_next_used (unsigned t);

static inline unsigned table_of (void const volatile *p) { return (unsigned)(((uintptr_t)p - MODEL_BASE) >> PAGE_BITS); }

static inline pte_slot_t *table_at (unsigned n) { return (pte_slot_t *)(MODEL_BASE + ((uintptr_t)n << PAGE_BITS)); }

void     tlbs_new (unsigned table);                     /* nothing, of a new one                                    */
void     tlbs_init (void const volatile *p, uint64_t v, unsigned now);         /* of an entry of it                 */

/* An entry changes. direct: by one CPU that is alone, and flushes */
void     tlbs_change (void const volatile *p, uint64_t old, uint64_t v, unsigned now, bool direct);

void     tlbs_drop (unsigned begin);                    /* the end of a flush that began then                       */

unsigned tlbs_mark (void);                              /* for tlbs_back(), which takes all back that came later    */
void     tlbs_back (unsigned mark);
