/* SPDX-License-Identifier: GPL-2.0-only */
/* The way into the kernel and back: hypercall 0xf is reserved and always answers BAD_HYP. */
#include <bench.h>
#include <timed.h>

static bool setup (struct bench_run *run)
{
    run->regs   = (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_reserved, 0) };
    run->expect = STATUS_BAD_HYP;

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

static struct bench const null[] = {
    { .name = "null", .group = "null", .op = "hypercall 0xf", .timed = timed, .empty = empty, .cold = true, .control = true,
      .setup = setup },
};

BENCHES (null);
