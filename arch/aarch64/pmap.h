/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own mappings: image, windows, device registers, and the area of each CPU. Stage 1 of EL2 (Arm ARM, D8.3). */
#pragma once

#include <base/types.h>

struct cpu_local;

/* Boot CPU: final tables for the image (W^X); needs the page allocator */
void pmap_init (void);

/* Boot CPU: indirect branches into the kernel's text must find a landing pad from now on, on all CPUs */
void pmap_guard (void);

/* Boot CPU, as window_map(): zeros in memory. Takes the view of WINDOW_ROOT */
void window_erase (paddr_t addr, size_t size);

/* Makes the tables and pages of a CPU's own area; returns its cpu_local through its global address, or null (out of memory) */
struct cpu_local *pmap_cpu_create (cpu_t);
