/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings of device registers. */
#pragma once

#include <base/types.h>

/* Uncached kernel mapping of [addr, addr + size), for good; null when there is no room for it. Boot CPU. */
volatile void *mmio_map (paddr_t addr, size_t size);

/* The same for up to 2 MiB, until the next call; null where there is no such address */
volatile void *mmio_window (paddr_t addr, size_t size);
