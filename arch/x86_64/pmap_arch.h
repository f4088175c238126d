/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own mappings on x86: shadow stacks, a fifth level, memory below 1 MiB. start.S makes the image's entries of pd_kernel. */
#pragma once

#include <base/compiler.h>
#include <hpt.h>

#define PMAP_TABLE  (HPT_P | HPT_W | HPT_A)

/*
 * Boot CPU, before pmap_init(), while the image is mapped as the boot code mapped it: takes shadow stacks for that many CPUs from the
 * beginning of the pool. From then on they are mapped as shadow stacks of their CPU and nowhere else. Returns where the pool begins
 * now. CPUs for which there is no room get none: pmap_cpu_create() fails.
 */
void *pmap_shstk_init (void *start, unsigned cpus);

/* Puts a fifth level above the area of a CPU. False: out of memory. */
bool pmap_cpu_raise (cpu_t) MUST_CHECK;

/* Ordinary memory below 1 MiB, for the start of other CPUs. Boot CPU; at most once. Null when there is no room. */
void *pmap_low (paddr_t page);
