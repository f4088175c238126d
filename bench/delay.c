/* SPDX-License-Identifier: GPL-2.0-only */
#include <delay.h>

#include <stats.h>
#include <stc.h>
#include <timed.h>

enum { ROUNDS = 255, LEAST = 500, PRECISION = 500 };

uint64_t delay_behind;

static uint64_t cost;                                   /* of a delay of 0 ticks                                */

TIMED (nothing, "");

static uint64_t median (bench_timed *timed)
{
    static int64_t ticks[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        struct hyp_regs r = { .p0 = 0 };
        ticks[i] = (int64_t) timed (&r, 0);
    }

    stats_sort (ticks, ROUNDS);

    return (uint64_t) stats_median (ticks, ROUNDS);
}

void delay_init (void)
{
    delay_behind = 0;

    uint64_t const plain = median (nothing), delayed = median (nothing_delayed);

    cost = delayed > plain ? delayed - plain : 0;
}

uint64_t delay_control (void) { return LEAST > PRECISION * cost ? LEAST : PRECISION * cost; }

uint64_t delay_target (uint64_t ticks) { return ticks > cost ? ticks - cost : 0; }

void delay (uint64_t ticks)
{
    uint64_t const start = stc_read(), target = delay_target (ticks);

    while (stc_read() - start < target) ;
}
