/* SPDX-License-Identifier: GPL-2.0-only */
/* Stage 2: what translates for guests, and without VHE for host spaces, too (Arm ARM, D8.3; hpt.h). */
#pragma once

#include <desc.h>
#include <vtcr.h>

extern unsigned stage2_levels;                          /* fixed at boot                                            */
extern unsigned stage2_root_order;                      /* pages of the top level, binary logarithm; fixed at boot  */
extern struct desc_format stage2_format;                /* fixed at boot                                            */

/* Boot, before there is a space with anything in it. xnx: EL0 and EL1 may execute or not, each by itself. */
void stage2_init (struct vtcr const *, bool xnx);

unsigned stage2_bits (void);

/* VTCR_EL2; parameters as of vtcr_value() */
uint64_t stage2_vtcr (uint64_t mmfr0, uint64_t mmfr1);

/* Bits of the addresses that come out */
unsigned stage2_output_bits (void);
