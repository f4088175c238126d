/* SPDX-License-Identifier: GPL-2.0-only */
/* Controls: the suite measures what it must know. Nothing measures 0, and more instructions measure more. */
#include <bench.h>
#include <root.h>
#include <timed.h>

TIMED (empty, "");
TIMED (nop100, ".rept 100; nop; .endr");
TIMED (empty_loop, INSN_LOOP_INIT (500));
TIMED (loop1000, INSN_LOOP_INIT (500) "; " INSN_LOOP);

/* 500 rounds of a loop take at least 500 cycles on any CPU, and no CPU has more than 5 GHz: 100 ns. The counter may tick less often. */
static bool must_react (struct bench_run *run)
{
    int64_t const least = (int64_t) (root.hip->stc_freq / 10000000);

    return run->median >= (least < 100 ? least : 100) || bench_fail (run, "500 rounds of a loop measured %ld ticks", run->median);
}

static struct bench const control[] = {
    { .name = "control.nothing",  .group = "control", .op = "nothing: must be 0", .timed = empty, .empty = empty },
    { .name = "control.nop100",   .group = "control", .op = "100 NOP instructions", .timed = nop100, .empty = empty },
    { .name = "control.loop1000", .group = "control", .op = "1000 instructions: 500 rounds of a loop of two", .timed = loop1000,
      .empty = empty_loop, .verify = must_react },
};

BENCHES (control);
