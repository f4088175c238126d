/* SPDX-License-Identifier: GPL-2.0-only */
#include <arm_walk.h>

#include <kmem.h>
#include <ptab.h>

#include <host.h>

unsigned const arm_pa_bits[] = { 32, 36, 40, 42, 44, 48, 52 };

/* From the level start on; ds: addresses of FEAT_LPA2 */
static struct walk walk (uint64_t table, unsigned ia_bits, unsigned start, bool ds, unsigned oa_bits, uint64_t ia)
{
    struct walk w = { .level = start };

    if (ia >> ia_bits) {
        w.level = 0;
        w.fault = TRANSLATION;
        return w;
    }

    for (uint64_t index = ia >> (12 + 9 * (3 - start));; index = bits_of (ia, 38 - 9 * (w.level - 1), 12 + 9 * (3 - w.level))) {

        uint64_t const d = rlx_load (&((pte_slot_t *)kmem_virt (table))[index]);
        bool const last = w.level == 3;

        if (!(d & 1) || (last && !(d & 2))) {
            w.fault = d & 1 ? WRONG : TRANSLATION;
            return w;
        }

        uint64_t const out = ds ? bits_of (d, 9, 8) << 50 | bits_of (d, 49, 12) << 12 : bits_of (d, 47, 12) << 12;

        if (!ds && bits_of (d, 49, 48)) {               /* RES0                                                     */
            w.fault = WRONG;
            return w;
        }

        if (!last && d & 2) {
            w.above |= d;
            table = out;
            w.level++;
            continue;
        }

        unsigned const shift = 12 + 9 * (3 - w.level);

        if ((!w.level && !ds) || w.level > 3 || out & ((UINT64_C (1) << shift) - 1)) {  /* no block of 512 GiB without LPA2; RES0 */
            w.fault = WRONG;
            return w;
        }

        w.fault = out >> oa_bits ? ADDRESS_SIZE : !(d & 1 << 10) ? ACCESS_FLAG : NONE;
        w.pa    = out | (ia & ((UINT64_C (1) << shift) - 1));
        w.leaf  = d;

        return w;
    }
}

struct walk walk_stage2 (uint64_t vtcr, uint64_t vttbr, uint64_t ipa)
{
    unsigned const ia = 64 - (unsigned)bits_of (vtcr, 5, 0), sl0 = (unsigned)bits_of (vtcr, 7, 6), ps = (unsigned)bits_of (vtcr, 18, 16);
    bool const ds = bits_of (vtcr, 32, 32);
    unsigned const start = 2 - sl0, below = 12 + 9 * (3 - start);

    /* 4 KiB granule, level -1 not chosen; a level 0 as the first one wants more than 42 bits; 1 to 9 bits at the top, 4 more in a row */
    assert_int_equal (bits_of (vtcr, 15, 14), 0);
    assert_int_equal (bits_of (vtcr, 33, 33), 0);
    assert_true (sl0 <= 2 && ps < 7 && ia > below && ia <= below + 9 + 4 && (start || ia > 42));
    assert_true (ds ? ps == 6 : ps <= 5 && ia <= 48);
    assert_true (ia <= arm_pa_bits[ps]);

    unsigned const entries = ia - below;                /* binary logarithm, of the top level                       */

    assert_int_equal (vttbr & ((UINT64_C (8) << entries) - 1) & ~UINT64_C (0xfff), 0);

    struct walk w = walk (bits_of (vttbr, 47, 12) << 12, ia, start, ds, arm_pa_bits[ps], ipa);

    w.type  = (unsigned)bits_of (w.leaf, 5, 2);
    w.s2ap  = (unsigned)bits_of (w.leaf, 7, 6);
    w.sh    = (unsigned)(ds ? bits_of (vtcr, 13, 12) : bits_of (w.leaf, 9, 8));
    w.xn    = (unsigned)bits_of (w.leaf, 54, 53);

    return w;
}

struct walk walk_stage1 (uint64_t tcr, uint64_t ttbr0, uint64_t va)
{
    unsigned const ia = 64 - (unsigned)bits_of (tcr, 5, 0), ips = (unsigned)bits_of (tcr, 34, 32);

    /* Walks not disabled, 4 KiB granule, ASID of TTBR0, no TBI0, no DS; 16 ... 39 is T0SZ (D8.2.7) */
    assert_int_equal (bits_of (tcr, 7, 7) | bits_of (tcr, 15, 14) | bits_of (tcr, 22, 22), 0);
    assert_int_equal (bits_of (tcr, 37, 37) | bits_of (tcr, 59, 59), 0);
    assert_true (ia >= 25 && ia <= 48 && ips <= 5);

    struct walk w = walk (bits_of (ttbr0, 47, 12) << 12, ia, 3 - (ia - 12 - 1) / 9, false, arm_pa_bits[ips], va);

    if (w.fault == NONE && bits_of (w.leaf, 5, 5) | bits_of (w.leaf, 52, 50))   /* NS: RES0 here; Contiguous, DBM, GP: not used */
        w.fault = WRONG;

    w.type  = (unsigned)bits_of (w.leaf, 4, 2);
    w.sh    = (unsigned)bits_of (w.leaf, 9, 8);
    w.ng    = bits_of (w.leaf, 11, 11);

    /* What tables take away, D8.4.1: APTable, UXNTable, PXNTable */
    w.ap    = (unsigned)(bits_of (w.leaf, 7, 6) & ~bits_of (w.above, 61, 61)) | (unsigned)bits_of (w.above, 62, 62) << 1;
    w.uxn   = bits_of (w.leaf | w.above >> 6, 54, 54);
    w.pxn   = bits_of (w.leaf | w.above >> 6, 53, 53);

    return w;
}
