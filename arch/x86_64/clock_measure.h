/* SPDX-License-Identifier: GPL-2.0-only */
/* Measurement of the TSC against a reference timer, apart from the timers so that host tests can run it. */
#pragma once

#include <base/types.h>

#define CLOCK_MIN_HZ    UINT64_C (1000000)              /* frequencies outside are not believed; emulators go low */
#define CLOCK_MAX_HZ    UINT64_C (20000000000)

/* A timer that counts up and wraps after mask + 1 ticks, one tick per num / den seconds */
struct clock_timer {
    uint32_t  (*read) (void const *ctx);
    void const *ctx;
    uint32_t    mask;                                   /* 2^n - 1                                              */
    uint64_t    den, num;                               /* den / num Hz                                         */
};

/* A reading lies within TSC interval [before, after] */
struct clock_sample { uint64_t before, after; uint32_t ticks; };

/* The TSC frequency in Hz, or 0 when the timer stands still or the result is not believable. Always ends. */
uint64_t clock_measure (struct clock_timer const *);

/*
 * TSC frequency from an interval that lasted `ticks` of the timer, give or take one, and for which the TSC advanced by
 * tsc_min ... tsc_max: the roundest number (multiple of the largest power of ten) that the measurement allows, or the
 * middle when it allows more than 0.1 %. 0 when it is not believable.
 */
uint64_t clock_estimate (uint64_t tsc_min, uint64_t tsc_max, uint64_t ticks, uint64_t den, uint64_t num);

/* The multiple of the largest power of ten within [lo, hi] that is nearest to the middle */
uint64_t clock_round (uint64_t lo, uint64_t hi);
