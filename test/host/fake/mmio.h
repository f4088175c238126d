/* SPDX-License-Identifier: GPL-2.0-only */
/* Device memory of a modelled machine: its addresses are physical. */
#pragma once

#include <base/types.h>

volatile void *mmio_map (paddr_t addr, size_t size);
volatile void *mmio_window (paddr_t addr, size_t size);
