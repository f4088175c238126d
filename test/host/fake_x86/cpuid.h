/* SPDX-License-Identifier: GPL-2.0-only */
/* CPUID of a modelled machine. */
#pragma once

#include <base/types.h>

struct cpuid { uint32_t eax, ebx, ecx, edx; };

struct cpuid cpuid (uint32_t leaf, uint32_t subleaf);
