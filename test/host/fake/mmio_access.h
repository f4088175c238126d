/* SPDX-License-Identifier: GPL-2.0-only */
/* Device registers of a modelled machine. */
#pragma once

#include <base/types.h>

static inline volatile void *mmio_reg (volatile void *base, size_t off) { return (volatile char *)base + off; }

uint8_t  mmio_read8   (volatile void *base, size_t off);
uint16_t mmio_read16  (volatile void *base, size_t off);
uint32_t mmio_read32  (volatile void *base, size_t off);
void     mmio_write8  (volatile void *base, size_t off, uint8_t v);
void     mmio_write16 (volatile void *base, size_t off, uint16_t v);
void     mmio_write32 (volatile void *base, size_t off, uint32_t v);
