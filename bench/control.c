/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Controls: the suite measures what it must know. Nothing measures 0, and more instructions measure more. That an operation of each
 * group, delayed, takes so much longer is for the driver to see: control.GROUP.
 */
#include <control.h>

#include <bench.h>
#include <mem.h>
#include <method.h>
#include <root.h>
#include <stats.h>
#include <timed.h>

TIMED (empty, "");
TIMED (nop100, ".rept 100; nop; .endr");
TIMED (fence, INSN_FENCE);
TIMED (empty_loop, INSN_LOOP_INIT (500));
TIMED (loop1000, INSN_LOOP_INIT (500) "; " INSN_LOOP);

/* 500 rounds of a loop take at least 500 cycles on any CPU, and no CPU has more than 5 GHz: 100 ns. The counter may tick less often. */
static bool must_react (struct bench_run *run)
{
    int64_t const least = (int64_t) (root.hip->stc_freq / 10000000);

    return run->median >= (least < 100 ? least : 100) || bench_fail (run, "500 rounds of a loop measured %ld ticks", run->median);
}

/*
 * A fence that follows the store of a sample waits until it is in the cache. That must not take longer where the store began a cache line,
 * or came after a move of samples to memory, than elsewhere: by no more than a tenth of what was read, a miss being more than that.
 */
static bool must_not_wait (struct bench_run *run)
{
    int64_t *const usual = mem_alloc (run->samples * sizeof (*usual), NULL);
    int64_t *const after = mem_alloc (run->samples * sizeof (*after), NULL);
    unsigned usuals = 0, afters = 0;

    if (!usual || !after)
        return bench_fail (run, "no memory");

    for (unsigned i = 0; i < run->samples; i++)
        if (i % METHOD_HOT == 0 || i % (METHOD_LINE / sizeof (*after)) == 1)
            after[afters++] = run->sample[i];
        else
            usual[usuals++] = run->sample[i];

    if (!usuals)
        return true;

    stats_sort (usual, usuals);
    stats_sort (after, afters);

    int64_t const u = stats_median (usual, usuals), a = stats_median (after, afters);

    return (a - u) * 10 <= u + run->overhead || bench_fail (run, "storing samples disturbs them: %ld ticks, after a new line %ld", u, a);
}

/* What most samples are. The few that an interrupt hit do not count. */
static int64_t usual (bench_timed *timed)
{
    static int64_t ticks[255];
    unsigned const n = sizeof (ticks) / sizeof (*ticks);

    for (unsigned i = 0; i < n; i++) {
        struct hyp_regs r = { .p0 = 0 };
        ticks[i] = (int64_t) timed (&r, 0);
    }

    stats_sort (ticks, n);

    return ticks[n / 8] == ticks[n - n / 8] ? stats_median (ticks, n) : -1;
}

/* No CPU has so little to do with 100 NOPs and so much with a loop that both take, again and again, as many ticks as instructions */
bool control_exact (void)
{
    int64_t const nothing = usual (empty), init = usual (empty_loop);

    return nothing >= 0 && init >= 0 && usual (nop100) - nothing == 100 && usual (loop1000) - init == 1000;
}

static struct bench const control[] = {
    { .name = "control.nothing",  .group = "control", .op = "nothing: must be 0", .timed = empty, .empty = empty },
    { .name = "control.nop100",   .group = "control", .op = "100 NOP instructions", .timed = nop100, .empty = empty },
    { .name = "control.loop1000", .group = "control", .op = "1000 instructions: 500 rounds of a loop of two", .timed = loop1000,
      .empty = empty_loop, .verify = must_react },
    { .name = "control.store", .group = "control", .op = "a fence, behind the store of the last sample", .timed = fence, .empty = empty,
      .verify = must_not_wait },
};

BENCHES (control);
