/* SPDX-License-Identifier: GPL-2.0-only */
/* Contract: I/O ports, where the architecture has them: arch/ARCH/pio.h replaces this file there. Elsewhere nobody answers. */
#pragma once

#include <base/types.h>

static inline uint8_t pio_in8 (uint16_t port) { (void)port; return 0xff; }

static inline void pio_out8 (uint16_t port, uint8_t v) { (void)port; (void)v; }
