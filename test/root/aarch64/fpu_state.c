/* SPDX-License-Identifier: GPL-2.0-only */
#include <fpu_state.h>
#include <string.h>
#include <test.h>

enum { RMODE = 22, QC = 1 << 27 };                      /* FPCR: rounding mode; FPSR: cumulative saturation     */

void fpu_pattern (struct fpu_state *f, uint64_t seed)
{
    *f = (struct fpu_state) { .fpcr = (seed & 3) << RMODE, .fpsr = QC | (seed & 0xf) };

    for (unsigned i = 0; i < 64; i++)
        f->q[i] = UINT64_C (0x0101010101010101) * seed + i;
}

bool fpu_same (struct fpu_state const *a, struct fpu_state const *b) { return !memcmp (a, b, sizeof (*a)); }

void fpu_check_initial (struct fpu_state const *f)
{
    static uint64_t const zero[64];

    check_eq (f->fpcr, 0, "a new EC: FPCR");
    check_eq (f->fpsr, 0, "a new EC: FPSR");
    check (!memcmp (f->q, zero, sizeof (zero)), "a new EC: vector registers are 0");
}
