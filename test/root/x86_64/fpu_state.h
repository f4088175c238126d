/* SPDX-License-Identifier: GPL-2.0-only */
/* State of the FPU. */
#pragma once

#include <stdbool.h>
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

void fpu_load (struct fpu_state const *);
void fpu_save (struct fpu_state *);

/* A state that has something in all registers, different from seed to seed; is another one the same? */
void fpu_pattern (struct fpu_state *, uint64_t seed);
bool fpu_same (struct fpu_state const *, struct fpu_state const *);

/* Checks that it is what a new EC has */
void fpu_check_initial (struct fpu_state const *);
