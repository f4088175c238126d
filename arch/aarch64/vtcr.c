/* SPDX-License-Identifier: GPL-2.0-only */
/* Shapes of stage 2. */
#include <vtcr.h>

#include <base/macros.h>
#include <ptab.h>
#include <sysreg.h>

#define BITS_PLAIN  48                                  /* more want descriptors of another form                    */
#define PS_PLAIN    5                                   /* ID_AA64MMFR0_EL1.PARange and VTCR_EL2.PS: 48 bits        */
#define PS_LPA2     6                                   /* 52 bits                                                  */

/* ID_AA64MMFR0_EL1: TGran4_2 is of stage 2; 0 refers to TGran4, where 1 has 52 bits */
#define TGRAN4      28
#define TGRAN4_2    40
#define TGRAN4_52   1
#define TGRAN4_2_52 3

static unsigned field (uint64_t reg, unsigned shift) { return reg >> shift & 0xf; }

static bool has_lpa2 (uint64_t mmfr0)
{
    unsigned const stage2 = field (mmfr0, TGRAN4_2);

    return stage2 == TGRAN4_2_52 || (!stage2 && field (mmfr0, TGRAN4) == TGRAN4_52);
}

unsigned vtcr_bits_max (uint64_t mmfr0)
{
    static uint8_t const range[] = { 32, 36, 40, 42, 44, 48, 52 };

    unsigned const most = range[MIN (field (mmfr0, 0), (unsigned)PS_LPA2)];

    return has_lpa2 (mmfr0) ? most : MIN (most, (unsigned)BITS_PLAIN);
}

unsigned vtcr_bits (unsigned usual, unsigned most, paddr_t end)
{
    unsigned bits = usual;

    while (bits < most && (!end || (end - 1) >> bits))
        bits++;

    return MIN (bits, most);
}

struct vtcr vtcr_shape (unsigned bits)
{
    unsigned const levels = (bits - VTCR_CONCAT_MAX - PAGE_BITS + PTAB_BPL - 1) / PTAB_BPL, plain = ptab_shift (levels);

    return (struct vtcr) { .bits = bits, .levels = levels, .root_order = bits > plain ? bits - plain : 0, .lpa2 = bits > BITS_PLAIN };
}

/* SL0: 0 for a start at level 2 of the architecture's numbers, 1 at level 1, 2 at level 0; nothing here starts at level -1 (SL2) */
uint64_t vtcr_value (struct vtcr const *v, uint64_t mmfr0, uint64_t mmfr1)
{
    uint64_t const ps = v->lpa2 ? PS_LPA2 : MIN (field (mmfr0, 0), (unsigned)PS_PLAIN);

    return VTCR_RES1 | (v->lpa2 ? VTCR_DS : 0) | (field (mmfr1, 4) == 2 ? VTCR_VS : 0) | ps << 16 | TCR_IRGN0_WB | TCR_ORGN0_WB |
           TCR_SH0_INNER | (uint64_t)(v->levels - 2) << 6 | (64 - v->bits);
}
