/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's own mappings: image, windows, device registers, and the area of each CPU. Tables have 512 entries of 8 bytes; everything
 * in the 1 GiB from LINK_ADDR hangs off one table that all CPUs share, so a window or a device that the boot CPU maps is there for all.
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct cpu_local;

/* RX, RO, RW: text, constants, data of the image, which may be global; views are read-only or not, and come and go */
enum pmap_kind { PMAP_RX, PMAP_RO, PMAP_RW, PMAP_VIEW, PMAP_VIEW_RW, PMAP_DEVICE };

/* Contract: pmap_arch.h has PMAP_TABLE, the bits of an entry that refers to a table, and the functions that follow */
#include <pmap_arch.h>

/* Bits of a leaf of that kind at that level: 0, a page; 1, 2 MiB */
uint64_t pmap_leaf (enum pmap_kind, unsigned level);

/* Changes an entry that maps va; from then on no CPU that runs uses the old one. Boot CPU. */
void pmap_write (uint64_t *entry, uintptr_t va, uint64_t value);

/* A page of the image that has another mapping, so that it stays out of this one */
bool pmap_apart (uintptr_t va);

/* End of the physical addresses that the kernel can map */
paddr_t pmap_end (void);

/* Makes the tables and pages of a CPU's own area; returns its cpu_local through its global address, or null (out of memory) */
struct cpu_local *pmap_cpu_create (cpu_t);

/* Generic part */

extern uint64_t pd_kernel[512];                         /* LINK_ADDR ... LINK_ADDR + 1 GiB                          */
extern uint64_t pt_image[512];                          /* the first 2 MiB of it                                    */

/* Boot CPU: final tables for the image (W^X) */
void pmap_init (void);

/*
 * For pmap_cpu_create(): the table of the top 512 GiB, in which the kernel's is, the one of the CPU's area, and its cpu_local, which is
 * mapped there and knows its number. Null: out of memory.
 */
struct cpu_local *pmap_cpu_tables (cpu_t, uint64_t **top, uint64_t **area);

/* Maps new pages of data, filled with zeros. False: out of memory. */
bool pmap_pages (uint64_t *area, uintptr_t va, unsigned pages) MUST_CHECK;

/* Boot CPU: what window_map() and mmio_map() are made of, without looking whose memory it is. 0: no room, or no such address. */
uintptr_t pmap_window (unsigned window, paddr_t, size_t, enum pmap_kind);
uintptr_t pmap_device (paddr_t, size_t, enum pmap_kind);
