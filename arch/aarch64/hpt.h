/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host page tables of aarch64. With VHE they are stage 1 of the regime that EL2 and EL0 share. EL2 without VHE has no stage 1 for EL0
 * that it could own: HCR_EL2.TGE takes that of EL1 away, so that a host-virtual address is the input of stage 2, and the tables are
 * those of stage2_arch.h.
 */
#pragma once

#include <desc.h>

#define HPT_ADDR    DESC_ADDR
#define HPT_TABLE   DESC_TABLE
#define HPT_P       DESC_P

/* tlb_hole.h */
#define HOLE_CPU_SHIFT      6
#define HOLE_NUMBER_SHIFT   12                          /* up to bit 62                                             */
#define HOLE_FIRST          BIT64 (HOLE_NUMBER_SHIFT)
#define HOLE_WHOSE          (BIT64 (HOLE_NUMBER_SHIFT) - 1)

/* Entries that are written between two preemption points, binary logarithm: where a page takes another's place, each flushes the TLBs */
#define HPT_STEP_ORDER  5

extern unsigned hpt_levels;                             /* fixed at boot                                            */
extern unsigned hpt_root_order;                         /* pages of the top level, binary logarithm; fixed at boot  */

/* Boot, after stage2_init() and before there is a space. bits: of input addresses, as many as stage 2 has; stage1: in that format */
void hpt_init (unsigned bits, bool stage1);

unsigned hpt_bits (void);

#define HPT_STAGE1_BITS_MAX 48U                         /* a fifth level and FEAT_LPA2 at stage 1 are not used      */

/* Attributes of a leaf for the user (0 if there is no permission), and those that are left after masking */
uint64_t hpt_attr (unsigned perm, uint32_t mad);
uint64_t hpt_restrict (uint64_t attr, unsigned pmm);

/* Of a kernel page that the user sees */
uint64_t hpt_attr_kernel (bool write);

static inline bool hpt_kernel (uint64_t attr) { return desc_kernel (attr); }

/* Highest level that may hold leaves */
static inline unsigned hpt_leaf_max (void) { return MIN (2U, hpt_levels - 1); }

/* As in ptab.h. tag: of the space (tag_alloc()) */
uint64_t    hpt_lookup (pte_slot_t *root, uint64_t va, paddr_t *pa, unsigned *order);
long        hpt_update (pte_slot_t *root, uint64_t tag, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush) MUST_CHECK;

/* Removes this one kernel page from this address, if it is mapped there */
void        hpt_remove_kernel (pte_slot_t *root, uint64_t va, paddr_t page);

/* The table below a top-level entry that was taken out of use: freed step by step after a grace period */
void        hpt_dead (pte_slot_t *table, unsigned level);
