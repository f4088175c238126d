/* SPDX-License-Identifier: GPL-2.0-only */
/* Ports of a modelled machine: the test that includes code with port I/O defines these functions. */
#pragma once

#include <base/types.h>

uint8_t  pio_in8   (uint16_t port);
uint16_t pio_in16  (uint16_t port);
uint32_t pio_in32  (uint16_t port);
void     pio_out8  (uint16_t port, uint8_t v);
void     pio_out16 (uint16_t port, uint16_t v);
void     pio_out32 (uint16_t port, uint32_t v);
