/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own mappings: image, windows, device registers, and the area of each CPU. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct cpu_local;

/* Page directory of the image, windows and device registers; start.S makes the entries of the image */
extern uint64_t pd_kernel[512];

/*
 * Boot CPU, before pmap_init(), while the image is mapped as the boot code mapped it: takes shadow stacks for that many CPUs from the
 * beginning of the pool. From then on they are mapped as shadow stacks of their CPU and nowhere else. Returns where the pool begins
 * now. CPUs for which there is no room get none: pmap_cpu_create() fails.
 */
void *pmap_shstk_init (void *start, unsigned cpus);

/* Boot CPU: final tables for the image (W^X); needs the page allocator. False: out of memory. */
bool pmap_init (void);

/* Makes the tables and pages of a CPU's own area; returns its cpu_local through its global address, or null (out of memory) */
struct cpu_local *pmap_cpu_create (cpu_t);

/* Puts a fifth level above the area of a CPU. False: out of memory. */
bool pmap_cpu_raise (cpu_t) MUST_CHECK;

/* Ordinary memory below 1 MiB, for the start of other CPUs. Boot CPU; at most once. Null when there is no room. */
void *pmap_low (paddr_t page);
