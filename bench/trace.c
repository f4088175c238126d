/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The stages of a round trip, on a kernel that was booted with trace=ipc. doc/tracing.md
 *
 * The time between two trace points holds what a trace point costs once. Two that stand side by side measure that cost, when the
 * kernel is entered for the call and again for the reply; it is taken off each stage and counted as a stage of its own.
 */
#include <base/atomic.h>
#include <ipc.h>
#include <panic.h>
#include <record.h>
#include <root.h>
#include <timed.h>

enum { HALF = 7, POINTS = 2 * HALF };                   /* trace points of a call, and of call and reply        */

_Static_assert ((int) POINTS <= (int) STAGES_MAX, "stages");

static uint8_t const expected[POINTS] = {
    TRACE_ENTER, TRACE_PROBE, TRACE_CALL_SAVED, TRACE_CALL_FOUND, TRACE_CALL_COPIED, TRACE_CALL_SWITCHED, TRACE_CALL_LEAVE,
    TRACE_ENTER, TRACE_PROBE, TRACE_REPLY_SAVED, TRACE_REPLY_FOUND, TRACE_REPLY_COPIED, TRACE_REPLY_SWITCHED, TRACE_REPLY_LEAVE,
};

/* What ends at each trace point but the two PROBE, in their order; then what they cost. The caller: before the first, behind the last. */
static char const *const stage[] = {
    "caller", "call.entry", "call.look-up", "call.copy", "call.switch", "call.exit",
    "server", "reply.entry", "reply.look-up", "reply.copy", "reply.switch", "reply.exit",
    "trace-points", NULL
};

_Static_assert (sizeof (stage) / sizeof (*stage) == POINTS, "a name for each, but for the two PROBE");

static struct trace_ring *ring;
static uint32_t entries;
static uint64_t first;                                  /* entry of this operation                              */

static bool setup (struct bench_run *run, bool (*prepare) (struct bench_run *))
{
    struct record_trace const *const t = record_trace();

    if (!t)
        return bench_skip (run, "kernel was not booted with trace=ipc");

    ring    = record_trace_ring (run->self->cpu);
    entries = t->entries;

    return prepare (run);
}

static bool setup_same (struct bench_run *run) { return setup (run, ipc_setup_same); }
static bool setup_cross (struct bench_run *run) { return setup (run, ipc_setup_cross); }

static bool before (struct bench_run *run, struct hyp_regs *regs)
{
    (void) run;
    (void) regs;

    first = acq_load (&ring->written);

    return true;
}

static bool split (struct bench_run *run, int64_t sample, int64_t *part)
{
    int64_t time[POINTS], probe = 0, probes = 0;

    (void) run;

    if (acq_load (&ring->written) != first + POINTS)
        return false;

    for (unsigned i = 0; i < POINTS; i++) {

        struct trace_entry const *const e = &ring->entry[(first + i) & (entries - 1)];

        if (rlx_load (&e->id) != expected[i])
            return false;

        time[i] = (int64_t) rlx_load (&e->time);
    }

    unsigned n = 1;

    for (unsigned i = 1; i < POINTS; i++) {

        if (expected[i] == TRACE_PROBE) {
            probe = time[i] - time[i - 1];
            probes += HALF * probe;
        } else
            part[n++] = time[i] - time[i - 1] - probe;
    }

    part[0] = sample - (time[POINTS - 1] - time[0]) - probe;
    part[n] = probes;

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define STAGES(w, n, d, c)                                                                                                   \
    { .name = "trace." #w ".w" #n, .group = "trace", .op = "stages of ipc_call + ipc_reply " d ", " #n "-word messages",    \
      .kind = KIND_ROUND_TRIP, .timed = timed, .empty = empty, .iterations = 1000, .control = c, .delays = true, .param = n, \
      .setup = setup_##w, .before = before, .split = split, .stage = stage }

static struct bench const trace[] = {
    STAGES (same,  1, "in one PD", false),      STAGES (same,  64, "in one PD", false),
    STAGES (cross, 1, "between two PDs", true), STAGES (cross, 64, "between two PDs", false),
};

BENCHES (trace);
