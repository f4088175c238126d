/* SPDX-License-Identifier: GPL-2.0-only */
/* The end of the range of host-virtual addresses. */
#pragma once

#include <stdint.h>

/* By what the CPU can do and the kernel was told. Where the kernel may choose: the least that holds the HIP; 0: not one of the choices */
uint64_t hva_end (void);
