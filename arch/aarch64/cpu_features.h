/* SPDX-License-Identifier: GPL-2.0-only */
/* What the CPU has, and the controls of EL2 over EL0 that follow from it. */
#pragma once

#include <base/types.h>

/* Boot CPU, before anything else: reads what all CPUs have in common */
void cpu_features_init (void);

/* Every CPU, on its own tables, with those of the NOVA host space loaded: translation for EL0, traps, and what EL0 may do by itself */
void cpu_features_enable (void);

unsigned cpu_paddr_bits (void);                         /* at most 48: descriptors for more are another format      */
