/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Memory of the root task: a window of virtual addresses, physical pages mapped into it from the NOVA host space, and an
 * allocator that takes pages from root.ram and never gives them back. Nothing here is thread-safe.
 */
#pragma once

#include <stddef.h>
#include <stdint.h>
#include <abi/mad_arch.h>
#include <abi/perm.h>

#define MEM_WINDOW_BASE     UINT64_C (0x100000000)
#define MEM_WINDOW_SIZE     UINT64_C (0x100000000)

/* Reserves pages << 12 bytes of virtual addresses aligned to 2^ord pages; nothing is mapped there. 0 if the window is full. */
uintptr_t   mem_window (size_t pages, unsigned ord);

/* Maps physical memory; NULL if the window is full or the kernel refuses. Size may be any; phys need not be aligned. */
void *      mem_map (uint64_t phys, size_t size, unsigned pmm, uint32_t mad);

/* Zeroed, writable, physically contiguous whole pages; phys may be NULL. Returns NULL if there is not enough. */
void *      mem_alloc (size_t size, uint64_t *phys);

/*
 * The same, at a place that firmware, boot loaders and systems take last: a quarter into the largest free piece, a multiple of 2 MiB.
 * Also NULL if that would be more than an eighth of the piece.
 */
void *      mem_alloc_apart (size_t size, uint64_t *phys);
