/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Stage 2 of the 4 KiB granule by the number of its input bits: how many levels, how many tables at the top, and VTCR_EL2 (Arm ARM, D8.2
 * and D17.2.157). Registers of the CPU are parameters: nothing here reads one.
 */
#pragma once

#include <base/types.h>

#define VTCR_BITS_MIN   32
#define VTCR_BITS_USUAL 40                              /* three levels do, with two tables at the top              */
#define VTCR_CONCAT_MAX 4                               /* up to 16 tables in a row are the top level (D8.2.2)      */

struct vtcr {
    unsigned bits;                                      /* of an input address                                      */
    unsigned levels;                                    /* as few as concatenation allows                           */
    unsigned root_order;                                /* pages of the top level, binary logarithm                 */
    bool     lpa2;                                      /* descriptors of FEAT_LPA2, for 52 bits                    */
};

/* Most bits that the CPU can have, in input and output: 32 ... 48, or 52 with FEAT_LPA2 at stage 2. mmfr0: ID_AA64MMFR0_EL1 */
unsigned vtcr_bits_max (uint64_t mmfr0);

/* How many do for a machine: as many as usual, more if its addresses below end need it, never more than most. 0: end is not known. */
unsigned vtcr_bits (unsigned usual, unsigned most, paddr_t end);

/* VTCR_BITS_MIN ... vtcr_bits_max() bits */
struct vtcr vtcr_shape (unsigned bits);

/* VTCR_EL2 of that shape; mmfr1: ID_AA64MMFR1_EL1, for the width of VMIDs */
uint64_t vtcr_value (struct vtcr const *, uint64_t mmfr0, uint64_t mmfr1);
