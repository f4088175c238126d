/* SPDX-License-Identifier: GPL-2.0-only */
/* Round trips that find their translations in no TLB, while their data and code may be in the caches. doc/bench/ipc.md */
#include <ipc.h>

#include <timed.h>
#include <tlb.h>

enum { ITERATIONS = 1000 };

static bool setup_same (struct bench_run *run) { return tlb_setup (run) && ipc_setup_same (run); }
static bool setup_cross (struct bench_run *run) { return tlb_setup (run) && ipc_setup_cross (run); }

static bool before (struct bench_run *run, struct hyp_regs *r)
{
    (void) run;
    (void) r;

    tlb_displace();

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define TLB(pds, n, text)                                                                                                   \
    { .name = "ipc." #pds ".w" #n ".tlb", .group = "ipc",                                                                   \
      .op = "ipc_call + ipc_reply " text ", " #n "-word messages, TLBs displaced", .kind = KIND_ROUND_TRIP, .timed = timed, \
      .empty = empty, .delays = true, .iterations = ITERATIONS, .param = n, .setup = setup_##pds, .before = before }

static struct bench const ipc_tlb[] = {
    TLB (same, 1, "in one PD"), TLB (cross, 1, "between two PDs"), TLB (cross, 64, "between two PDs"),
};

BENCHES (ipc_tlb);
