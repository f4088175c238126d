/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage 2: what translates for guests, and without VHE for host spaces, too (Arm ARM, D8.3; hpt.h). */
#pragma once

#include <desc.h>

#define STAGE2_CONCAT_MAX   4                           /* up to 16 tables in a row are the top level (Arm ARM, D8.2.2) */

extern unsigned stage2_levels;                          /* fixed at boot                                            */
extern unsigned stage2_root_order;                      /* pages of the top level, binary logarithm; fixed at boot  */
extern struct desc_format stage2_format;                /* fixed at boot                                            */

/* Boot, before there is a space. bits: of input addresses; xnx: EL0 and EL1 may execute or not, each by itself. */
void stage2_init (unsigned bits, bool xnx);

unsigned stage2_bits (void);

/* SL0 and T0SZ of VTCR_EL2 for that number of bits */
uint64_t stage2_vtcr (void);
