/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Host page tables of aarch64: stage-2 descriptors of the 4 KiB granule (Arm ARM, D8.3). EL2 without VHE has no stage 1 for EL0 that it
 * could own: HCR_EL2.TGE takes that of EL1 away, so that a host-virtual address is the input of stage 2.
 */
#pragma once

#include <base/macros.h>
#include <ptab.h>

#define HPT_P       BIT64 (0)
#define HPT_T       BIT64 (1)                           /* level above 0: table; level 0: always set                */
#define HPT_MA_SHIFT 2                                  /* memory type, 4 bits                                      */
#define HPT_R       BIT64 (6)
#define HPT_W       BIT64 (7)
#define HPT_SH_SHIFT 8                                  /* shareability, 2 bits                                     */
#define HPT_A       BIT64 (10)                          /* set from the start: no access-flag faults                */
#define HPT_XN0     BIT64 (53)                          /* with HPT_XN1: see hpt_xn()                               */
#define HPT_XN1     BIT64 (54)
#define HPT_KERNEL  BIT64 (55)                          /* ignored by the CPU: page of the kernel, never delegated  */
#define HPT_ADDR    UINT64_C (0x0000fffffffff000)
#define HPT_TABLE   (HPT_P | HPT_T)

extern unsigned hpt_levels;                             /* fixed at boot                                            */
extern unsigned hpt_root_order;                         /* pages of the top level, binary logarithm; fixed at boot  */

/* Boot, before there is a space: chooses the number of input bits, as many as the CPU has physical ones, at most HPT_BITS_MAX */
#define HPT_BITS_MAX    40
void hpt_init (unsigned paddr_bits, bool xnx);

unsigned hpt_bits (void);

/* SL0 and T0SZ of VTCR_EL2 for that number of bits */
uint64_t hpt_vtcr (void);

/* Attributes of a leaf for the user (0 if there is no permission), permissions and memory attributes of attributes */
uint64_t hpt_attr (unsigned perm, uint32_t mad);
unsigned hpt_perm (uint64_t attr);
uint32_t hpt_mad  (uint64_t attr);
uint64_t hpt_restrict (uint64_t attr, unsigned pmm);

/* Of a kernel page that the user sees */
uint64_t hpt_attr_kernel (bool write);

static inline bool hpt_kernel (uint64_t attr) { return attr & HPT_KERNEL; }

/* Highest level that may hold leaves */
static inline unsigned hpt_leaf_max (void) { return MIN (2U, hpt_levels - 1); }

/* As in ptab.h */
uint64_t    hpt_lookup (pte_slot_t *root, uint64_t va, paddr_t *pa, unsigned *order);
enum status hpt_update (pte_slot_t *root, uint64_t va, paddr_t pa, unsigned order, uint64_t attr, bool *flush) MUST_CHECK;

/* Removes this one kernel page from this address, if it is mapped there */
void        hpt_remove_kernel (pte_slot_t *root, uint64_t va, paddr_t page);

/* The table below a top-level entry that was taken out of use: freed step by step after a grace period */
void        hpt_dead (pte_slot_t *table, unsigned level);
