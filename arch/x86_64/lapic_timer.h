/* SPDX-License-Identifier: GPL-2.0-only */
/* Arithmetic of the counting local APIC timer, apart from its registers so that host tests can run it. */
#pragma once

#include <base/types.h>

/*
 * Timer counts per TSC tick as 32.32 fixed point, from a measurement: within a TSC interval that is between tsc_min and
 * tsc_max ticks long, the timer counted from `first` down to `last`. Never below the true rate, so that a timer is late by
 * the error of the measurement rather than early. When the measurement allows that one count is a whole number of ticks,
 * it is taken to be just that. Returns 0 when the timer did not count.
 */
uint64_t lapic_timer_rate (uint64_t tsc_min, uint64_t tsc_max, uint32_t first, uint32_t last);

/* Initial count for a deadline `ticks` of the TSC away: rounded up, at least 1 (0 would stop the timer), at most 2^32 - 1 */
uint32_t lapic_timer_count (uint64_t ticks, uint64_t rate);
