/* SPDX-License-Identifier: GPL-2.0-only */
/* Small helpers with no home of their own: bits, alignment, minima, containers. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

#define BIT(n)              (1U << (n))
#define BIT64(n)            (UINT64_C (1) << (n))
#define ARRAY_SIZE(a)       (sizeof (a) / sizeof *(a))
#define MIN(a, b)           ((a) < (b) ? (a) : (b))
#define MAX(a, b)           ((a) > (b) ? (a) : (b))

#define container_of(ptr, type, member) ((type *)((uintptr_t)(ptr) - offsetof (type, member)))

/* n must be a power of two; align_up() wraps to 0 past the end of the address space, which callers exclude */
static inline uint64_t align_dn (uint64_t v, uint64_t n) { return v & ~(n - 1); }
static inline uint64_t align_up (uint64_t v, uint64_t n) { return (v + n - 1) & ~(n - 1); }

/* Index of the highest and lowest set bit; v must not be 0 */
static inline unsigned bit_high (uint64_t v) { return 63 ^ (unsigned)__builtin_clzll (v); }
static inline unsigned bit_low  (uint64_t v) { return (unsigned)__builtin_ctzll (v); }
