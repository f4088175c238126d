/* SPDX-License-Identifier: GPL-2.0-only */
/* The secure world of a modelled machine. */
#pragma once

#include <base/types.h>

uint32_t el3_write32 (paddr_t reg, uint32_t value);
