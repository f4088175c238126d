/* SPDX-License-Identifier: GPL-2.0-only */
/* State of the FPU, as fpu_save () stores it. */
#pragma once

#include <stdint.h>

struct fpu_state {
    uint64_t    fpcr, fpsr;
    uint64_t    q[64];                                  /* Q0...Q31                                             */
} __attribute__ ((aligned (16)));
