/* SPDX-License-Identifier: GPL-2.0-only */
/* Mappings of device registers. */
#pragma once

#include <base/types.h>

/* Memory that is in use: firmware's tables may be wrong, so no device is looked for there, nor in the kernel. Boot CPU. */
void mmio_forbid (paddr_t start, paddr_t end);

/* Uncached kernel mapping of [addr, addr + size), for good; null when there is no room for it, or it is memory in use. Boot CPU. */
volatile void *mmio_map (paddr_t addr, size_t size);

/* The same for up to 2 MiB, until the next call; null where there is no such address, or it is memory in use */
volatile void *mmio_window (paddr_t addr, size_t size);
