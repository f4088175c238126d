/* SPDX-License-Identifier: GPL-2.0-only */
/* Permanent mappings of device registers. */
#pragma once

#include <base/types.h>

/* Uncached kernel mapping of [addr, addr + size), for good; null when there is no room for it. Boot CPU. */
volatile void *mmio_map (paddr_t addr, size_t size);
