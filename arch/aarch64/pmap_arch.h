/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's own mappings on aarch64: stage 1 of EL2 (Arm ARM, D8.3). */
#pragma once

#include <base/types.h>

#define PMAP_TABLE  UINT64_C (3)

/* Boot CPU: indirect branches into the kernel's text must find a landing pad from now on, on all CPUs */
void pmap_guard (void);

/* Boot CPU, as window_map(): zeros in memory. Takes the view of WINDOW_ROOT */
void window_erase (paddr_t addr, size_t size);
