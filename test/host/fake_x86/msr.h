/* SPDX-License-Identifier: GPL-2.0-only */
/* Model-specific registers of a modelled machine; the numbers are the kernel's. */
#pragma once

#define rdmsr native_rdmsr
#define wrmsr native_wrmsr
#include_next <msr.h>
#undef rdmsr
#undef wrmsr

uint64_t rdmsr (uint32_t msr);
void     wrmsr (uint32_t msr, uint64_t val);
