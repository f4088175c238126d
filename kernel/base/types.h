/* SPDX-License-Identifier: GPL-2.0-only */
/* Value types that the whole kernel shares. */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

typedef uint64_t paddr_t;                           /* physical address, bytes                                  */
typedef uint16_t cpu_t;                             /* CPU number: 0 ... cpu_count() - 1                        */

#define KIB     (UINT64_C (1) << 10)
#define MIB     (UINT64_C (1) << 20)
#define GIB     (UINT64_C (1) << 30)

#define PAGE_BITS   12
#define PAGE_SIZE   (UINT64_C (1) << PAGE_BITS)
#define PAGE_MASK   (PAGE_SIZE - 1)
