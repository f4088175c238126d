/* SPDX-License-Identifier: GPL-2.0-only */
#include <fpu_state.h>
#include <string.h>
#include <test.h>

enum { FCW = 0x37f, MXCSR = 0x1f80 };

void fpu_pattern (struct fpu_state *f, uint64_t seed)
{
    *f = (struct fpu_state) { .fcw = (uint16_t) (FCW & ~0x300), .ftw = 0xff, .mxcsr = MXCSR | (uint32_t) (seed & 3) << 13 };

    for (unsigned i = 0; i < 16; i++)
        f->st[i] = i & 1 ? 0x3fff : (UINT64_C (1) << 63) + seed + i;

    for (unsigned i = 0; i < 32; i++)
        f->xmm[i] = UINT64_C (0x0101010101010101) * seed + i;
}

bool fpu_same (struct fpu_state const *a, struct fpu_state const *b)
{
    bool ok = a->fcw == b->fcw && a->mxcsr == b->mxcsr && !memcmp (a->xmm, b->xmm, sizeof (a->xmm));

    for (unsigned i = 0; i < 16; i++)
        ok = ok && (i & 1 ? (uint16_t) a->st[i] == (uint16_t) b->st[i] : a->st[i] == b->st[i]);

    return ok;
}

void fpu_check_initial (struct fpu_state const *f)
{
    unsigned clear = 0;

    for (unsigned i = 0; i < 32; i++)
        clear += !f->xmm[i];

    check_eq (f->fcw, FCW, "a new EC: control word");
    check_eq (f->mxcsr, MXCSR, "a new EC: MXCSR");
    check_eq (clear, 32, "a new EC: XMM registers are 0");
    check_eq (f->ftw, 0, "a new EC: x87 registers are empty");
}
