/* SPDX-License-Identifier: GPL-2.0-only */
/* Physical memory that user space may have, and everything that it must not. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

/* Boot: [start, end) is protected, rounded outwards to pages. When the table is full, everything from there up is protected. */
void space_mem_protect (paddr_t start, paddr_t end);

/*
 * May [addr, addr + 2^order pages) be delegated from the NOVA host space? Returns true if all of it may; otherwise *order is
 * reduced to the order of the largest naturally aligned area around addr that is uniform, and the result speaks of that.
 */
INDIRECT_NEVER bool space_mem_allowed (paddr_t addr, unsigned *order);
