/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the range of host-virtual addresses. */
#pragma once

#include <stdint.h>

/* The least power of two that the HIP fits below and the CPU can do, 0: none */
uint64_t hva_end (void);
