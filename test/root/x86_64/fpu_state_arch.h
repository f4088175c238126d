/* SPDX-License-Identifier: GPL-2.0-only */
/* State of the FPU, as fpu_save () stores it. */
#pragma once

#include <stdint.h>

/* As FXSAVE64 stores it */
struct fpu_state {
    uint16_t    fcw, fsw;
    uint8_t     ftw, res;
    uint16_t    fop;
    uint64_t    fip, fdp;
    uint32_t    mxcsr, mask;
    uint64_t    st[16], xmm[32], free[12];
} __attribute__ ((aligned (16)));

_Static_assert (sizeof (struct fpu_state) == 512, "FXSAVE area");
