/* SPDX-License-Identifier: GPL-2.0-only */
#include <clock_measure.h>

#include <insn.h>
#include <muldiv.h>
#include <pause.h>

#include <base/macros.h>

#define SAMPLES         8
#define WINDOW_HZ       20                              /* 1 / 50 ms; a 24-bit PM timer wraps after 4.6 s       */
#define TSC_LIMIT       (CLOCK_MAX_HZ / WINDOW_HZ)      /* a TSC that got so far within the window is absurd    */
#define POLL_LIMIT      (UINT32_C (1) << 24)            /* should the TSC stand still, too                      */

uint64_t clock_round (uint64_t lo, uint64_t hi)
{
    uint64_t const mid = lo + (hi - lo) / 2;
    uint64_t best = mid;

    for (uint64_t step = 1; step <= hi; step *= 10) {

        uint64_t const dn = mid / step * step, up = dn + step;

        if (dn >= lo && (mid - dn <= up - mid || up > hi))
            best = dn;
        else if (up <= hi)
            best = up;
        else
            return best;

        if (step > UINT64_MAX / 10)
            return best;
    }

    return best;
}

uint64_t clock_estimate (uint64_t tsc_min, uint64_t tsc_max, uint64_t ticks, uint64_t den, uint64_t num)
{
    if (ticks < 2 || tsc_max < tsc_min)
        return 0;

    /* f = tsc / (ticks * num / den) */
    uint64_t const lo = muldiv (muldiv (tsc_min, den, ticks + 1), 1, num);
    uint64_t const hi = muldiv (muldiv (tsc_max, den, ticks - 1), 1, num);

    if (lo < CLOCK_MIN_HZ || hi > CLOCK_MAX_HZ || lo > hi)
        return 0;

    return hi - lo > lo / 1000 ? lo + (hi - lo) / 2 : clock_round (lo, hi);
}

static struct clock_sample sample (struct clock_timer const *t)
{
    struct clock_sample best = { 0, UINT64_MAX, 0 };

    for (unsigned i = 0; i < SAMPLES; i++) {

        struct clock_sample s;

        s.before = rdtsc();
        s.ticks  = t->read (t->ctx) & t->mask;
        s.after  = rdtsc();

        if (s.after - s.before < best.after - best.before)
            best = s;
    }

    return best;
}

uint64_t clock_measure (struct clock_timer const *t)
{
    uint64_t const window = muldiv (t->den, 1, t->num * WINDOW_HZ);

    if (!window || window >= t->mask)
        return 0;

    struct clock_sample const a = sample (t);

    for (uint32_t i = 0; ((t->read (t->ctx) - a.ticks) & t->mask) < window; i++) {

        if (i >= POLL_LIMIT || rdtsc() - a.after > TSC_LIMIT)
            return 0;

        pause();
    }

    struct clock_sample const b = sample (t);

    return clock_estimate (b.before - a.after, b.after - a.before, (b.ticks - a.ticks) & t->mask, t->den, t->num);
}
