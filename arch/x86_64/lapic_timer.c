/* SPDX-License-Identifier: GPL-2.0-only */
#include <lapic_timer.h>

#include <muldiv.h>

#include <base/macros.h>

uint64_t lapic_timer_rate (uint64_t tsc_min, uint64_t tsc_max, uint32_t first, uint32_t last)
{
    uint64_t const counts = first - (uint64_t)last;

    if (first <= last || !tsc_min || tsc_max < tsc_min)
        return 0;

    /* Each reading shows a whole count: the timer ran for between counts - 1 and counts + 1 */
    uint64_t const n = (tsc_min + (tsc_max - tsc_min) / 2 + counts / 2) / counts;

    if (n && tsc_min <= n * (counts + 1) && tsc_max >= n * (counts - 1))
        return muldiv_up (1, BIT64 (32), n);

    return muldiv_up (counts + 1, BIT64 (32), tsc_min);
}

uint32_t lapic_timer_count (uint64_t ticks, uint64_t rate)
{
    unsigned __int128 const count = ((unsigned __int128)ticks * rate + UINT32_MAX) >> 32;

    if (!count)
        return 1;

    return count > UINT32_MAX ? UINT32_MAX : (uint32_t)count;
}
