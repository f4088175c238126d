/* SPDX-License-Identifier: GPL-2.0-only */
/* How firmware's functions are called (UEFI 2.10, 2.3.6.4): as any other, but with its tables. */
#pragma once

#include <base/types.h>

#define EFIAPI

/* How firmware was left: what uefi_call() puts back. Filled by start.S, with sctlr 0 if it was not firmware that entered */
struct uefi_regime { uint64_t sctlr, tcr, ttbr, mair, vbar, hcr, cptr, sp, x18, daif; };

extern struct uefi_regime uefi_regime;

uint64_t uefi_call (uintptr_t function, uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e);
