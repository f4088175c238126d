/* SPDX-License-Identifier: GPL-2.0-only */
/* Port I/O: SDM vol. 2, IN and OUT. The memory clobber keeps them in order with accesses to shared structures. */
#pragma once

#include <base/types.h>

static inline uint8_t pio_in8 (uint16_t port)
{
    uint8_t v;
    __asm__ volatile ("inb %w1, %0" : "=a" (v) : "Nd" (port) : "memory");
    return v;
}

static inline uint16_t pio_in16 (uint16_t port)
{
    uint16_t v;
    __asm__ volatile ("inw %w1, %0" : "=a" (v) : "Nd" (port) : "memory");
    return v;
}

static inline uint32_t pio_in32 (uint16_t port)
{
    uint32_t v;
    __asm__ volatile ("inl %w1, %0" : "=a" (v) : "Nd" (port) : "memory");
    return v;
}

static inline void pio_out8 (uint16_t port, uint8_t v)
{
    __asm__ volatile ("outb %0, %w1" :: "a" (v), "Nd" (port) : "memory");
}

static inline void pio_out16 (uint16_t port, uint16_t v)
{
    __asm__ volatile ("outw %0, %w1" :: "a" (v), "Nd" (port) : "memory");
}

static inline void pio_out32 (uint16_t port, uint32_t v)
{
    __asm__ volatile ("outl %0, %w1" :: "a" (v), "Nd" (port) : "memory");
}
