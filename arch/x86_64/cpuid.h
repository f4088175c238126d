/* SPDX-License-Identifier: GPL-2.0-only */
/* The CPUID instruction (Intel SDM 2A). A leaf above the maximum returns data of another leaf: check leaf 0 first. */
#pragma once

#include <base/types.h>

struct cpuid { uint32_t eax, ebx, ecx, edx; };

static inline struct cpuid cpuid (uint32_t leaf, uint32_t subleaf)
{
    struct cpuid r;
    __asm__ volatile ("cpuid" : "=a" (r.eax), "=b" (r.ebx), "=c" (r.ecx), "=d" (r.edx) : "a" (leaf), "c" (subleaf));
    return r;
}
