/* SPDX-License-Identifier: GPL-2.0-only */
/* Port I/O; the ports must have been delegated to the PIO space of the caller's protection domain. */
#pragma once

#include <stdint.h>
#include <abi/status.h>

/* Gives the root PD 2^ord I/O ports from base, which is aligned to 2^ord */
enum status root_grant_pio (uint16_t base, unsigned ord);

static inline uint8_t pio_in8 (uint16_t port)
{
    uint8_t v;
    __asm__ volatile ("inb %w1, %b0" : "=a" (v) : "Nd" (port));
    return v;
}

static inline uint16_t pio_in16 (uint16_t port)
{
    uint16_t v;
    __asm__ volatile ("inw %w1, %w0" : "=a" (v) : "Nd" (port));
    return v;
}

static inline uint32_t pio_in32 (uint16_t port)
{
    uint32_t v;
    __asm__ volatile ("inl %w1, %k0" : "=a" (v) : "Nd" (port));
    return v;
}

static inline void pio_out8 (uint16_t port, uint8_t v) { __asm__ volatile ("outb %b0, %w1" : : "a" (v), "Nd" (port)); }

static inline void pio_out16 (uint16_t port, uint16_t v) { __asm__ volatile ("outw %w0, %w1" : : "a" (v), "Nd" (port)); }

static inline void pio_out32 (uint16_t port, uint32_t v) { __asm__ volatile ("outl %k0, %w1" : : "a" (v), "Nd" (port)); }
