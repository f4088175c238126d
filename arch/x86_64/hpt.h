/* SPDX-License-Identifier: GPL-2.0-only */
/* Host page tables of x86, 4 or 5 levels (Intel SDM 3A, 4.5). */
#pragma once

#include <base/compiler.h>
#include <ptab.h>

/* Entry bits, tables 4-15 to 4-20 */
#define HPT_P       BIT64 (0)
#define HPT_W       BIT64 (1)
#define HPT_U       BIT64 (2)
#define HPT_PWT     BIT64 (3)                           /* PAT index bit 0                                          */
#define HPT_PCD     BIT64 (4)                           /* PAT index bit 1                                          */
#define HPT_A       BIT64 (5)                           /* set from the start: no CPU ever has to write an entry    */
#define HPT_D       BIT64 (6)
#define HPT_S       BIT64 (7)                           /* level above 0: leaf                                      */
#define HPT_PAT     BIT64 (7)                           /* level 0: PAT index bit 2                                 */
#define HPT_G       BIT64 (8)
#define HPT_KERNEL  BIT64 (9)                           /* ignored by the CPU: page of the kernel, never delegated  */
#define HPT_PAT_S   BIT64 (12)                          /* level above 0: PAT index bit 2                           */
#define HPT_NX      BIT64 (63)
#define HPT_ADDR    UINT64_C (0x000ffffffffff000)
#define HPT_TABLE   (HPT_P | HPT_W | HPT_U | HPT_A)     /* refers to a table                                        */

/*
 * tlb_hole.h. Not where an address would be: CPUs with L1TF speculate on what an entry says that is not present, and the number is the
 * user's to choose (Intel, Deep Dive: L1 Terminal Fault).
 */
#define HOLE_CPU_SHIFT      1
#define HOLE_NUMBER_SHIFT   52
#define HOLE_FIRST          BIT64 (11)
#define HOLE_WHOSE          UINT64_C (0xff)

#define HPT_STEP_ORDER  6                               /* entries that are written between two preemption points, binary logarithm */

extern unsigned hpt_levels;                             /* 4, or 5 from la57_init() on                              */

/* Boot, before there is a host space with anything in it: sets hpt_levels and user_end. This CPU walks that many from now on. */
void hpt_set_levels (unsigned);

/* Which entry of the top level an address belongs to */
static inline unsigned hpt_slot (uint64_t va) { return ptab_index (va, LIKELY (hpt_levels == 4) ? 3 : 4); }

/* Attributes of a leaf for the user (0 if there is no permission), permissions and memory attributes of attributes */
uint64_t hpt_attr (unsigned perm, uint32_t mad);
unsigned hpt_perm (uint64_t attr);
uint32_t hpt_mad  (uint64_t attr);
uint64_t hpt_restrict (uint64_t attr, unsigned pmm);

/* Of a kernel page that the user sees */
static inline uint64_t hpt_attr_kernel (bool write) { return HPT_P | HPT_U | HPT_A | HPT_D | HPT_NX | HPT_KERNEL | (write ? HPT_W : 0); }

/* The page below the end is never executable: a SYSCALL in its last bytes would return to a non-canonical address. */
static inline uint64_t hpt_last_page (uint64_t attr) { return attr | HPT_NX; }

static inline bool hpt_kernel (uint64_t attr) { return attr & HPT_KERNEL; }

/* Highest level that may hold leaves, on this CPU */
unsigned    hpt_leaf_max (void);

/* As in ptab.h, from a table down that has so many levels */
uint64_t    hpt_lookup (pte_slot_t *table, unsigned levels, uint64_t va, paddr_t *pa, unsigned *order);
INDIRECT_NEVER long hpt_update (pte_slot_t *table, unsigned levels, uint64_t va, paddr_t pa, unsigned order, uint64_t attr,
                                bool *flush) MUST_CHECK;

/* Removes this one kernel page from this address, if it is mapped there */
void        hpt_remove_kernel (pte_slot_t *root, uint64_t va, paddr_t page);

/* The table below a top-level entry that was taken out of use: freed step by step after a grace period */
void        hpt_dead (pte_slot_t *table, unsigned level);

/* PAT: index = memory attribute CA, so that MAD_WB...MAD_WP are 0...4 (SDM 3A, 11.12.2) */
#define PAT_VALUE   UINT64_C (0x0000000500010406)
