/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the range of host-virtual addresses. */
#pragma once

#include <stdint.h>

uint64_t hva_end (void);                                /* by what the kernel was told and the CPU can do, not by the HIP   */
