/* SPDX-License-Identifier: GPL-2.0-only */
/* What the CPU has, and the controls of EL2 over EL0 that follow from it. */
#pragma once

#include <base/types.h>

/* Boot CPU, before anything else: reads what all CPUs have in common */
void cpu_features_init (void);

/* Boot CPU, before any space has anything in it: width of host and guest spaces, VTCR_BITS_MIN ... cpu_space_bits_max(). Then
 * cpu_features_enable(). Until then there are at most VTCR_BITS_USUAL. */
void cpu_features_spaces (unsigned bits);

/* How many the CPU can have, and how many it should, if physical addresses are below end; 0: that is not known */
unsigned cpu_space_bits_max (void);
unsigned cpu_space_bits (paddr_t end);

/* Every CPU, on its own tables, with those of the NOVA host space loaded: translation for EL0, traps, and what EL0 may do by itself */
void cpu_features_enable (void);

unsigned cpu_paddr_bits (void);                         /* that spaces can map: 48 at most, unless they have more themselves */
