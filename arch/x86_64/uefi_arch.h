/* SPDX-License-Identifier: GPL-2.0-only */
/* How firmware's functions are called (UEFI 2.10, 2.3.4.2): with its tables, which map memory to itself. */
#pragma once

#include <base/types.h>

#define EFIAPI __attribute__ ((ms_abi))

/* A function that has fewer parameters ignores the others: the caller owns their place */
static inline uint64_t uefi_call (uintptr_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    return ((uint64_t (EFIAPI *) (uint64_t, uint64_t, uint64_t, uint64_t, uint64_t))function) (a, b, c, d, e);
}
