/* SPDX-License-Identifier: GPL-2.0-only */
/* The system time counter of x86 is the TSC (interface specification, 3.1; Intel SDM 3B, 18.17) */
#pragma once

#include <stdint.h>

static inline uint64_t timer_now (void) { return __builtin_ia32_rdtsc(); }
