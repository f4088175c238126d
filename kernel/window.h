/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Temporary views of physical memory that the kernel does not map otherwise: firmware tables, boot information, root image.
 * Boot CPU only. Host tests supply their own implementation with modelled memory.
 */
#pragma once

#include <base/types.h>

enum window { WINDOW_BOOT, WINDOW_RSDT, WINDOW_TABLE, WINDOW_ROOT, WINDOW_COUNT };

#define WINDOW_MAX (UINT64_C (2) * MIB)             /* largest size that any window shows                       */

/*
 * Shows [addr, addr + size) read-only at the returned address until the next call for the same window.
 * Returns null when size is 0 or above WINDOW_MAX or the range leaves the CPU's physical address width.
 */
void const *window_map (enum window, paddr_t addr, size_t size);
