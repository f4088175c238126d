/* SPDX-License-Identifier: GPL-2.0-only */
/* Device registers in memory: one access of the stated width, neither split nor merged. Host tests model them. */
#pragma once

#include <base/types.h>

static inline volatile void *mmio_reg (volatile void *base, size_t off) { return (volatile char *)base + off; }

static inline uint8_t mmio_read8 (volatile void *base, size_t off)
{
    return *(volatile uint8_t *)mmio_reg (base, off);
}

static inline uint16_t mmio_read16 (volatile void *base, size_t off)
{
    return *(volatile uint16_t *)mmio_reg (base, off);
}

static inline uint32_t mmio_read32 (volatile void *base, size_t off)
{
    return *(volatile uint32_t *)mmio_reg (base, off);
}

static inline void mmio_write8 (volatile void *base, size_t off, uint8_t v)
{
    *(volatile uint8_t *)mmio_reg (base, off) = v;
}

static inline void mmio_write16 (volatile void *base, size_t off, uint16_t v)
{
    *(volatile uint16_t *)mmio_reg (base, off) = v;
}

static inline void mmio_write32 (volatile void *base, size_t off, uint32_t v)
{
    *(volatile uint32_t *)mmio_reg (base, off) = v;
}
