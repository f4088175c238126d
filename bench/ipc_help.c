/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Calls of a server that is busy. The caller lends the server its scheduling context and tries again when the server has replied to
 * whoever was before it. doc/bench/ipc.md
 */
#include <ipc.h>

#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>
#include <timer.h>

static uint64_t sm_id (uint64_t sm, unsigned flags) { return hyp_id (HYPERCALL_ctrl_sm, flags) | abi_put_ctrl_sm_sm (sm); }

/* A server with a portal that makes a hypercall before it replies, and one that only replies */
static bool busy_server (struct bench_run *run, uint64_t hypercall, uint64_t *busy, uint64_t *reply)
{
    uint64_t ec;

    *busy  = sel_alloc (0);
    *reply = sel_alloc (0);

    if (!server_create (run, &ec, sel_root_pd(), 0))
        return false;

    TRY (run, hyp_create_pt (*busy, sel_root_pd(), ec, (uintptr_t) server_hypercall));
    TRY (run, hyp_ctrl_pt (*busy, hypercall, 0));
    TRY (run, hyp_create_pt (*reply, sel_root_pd(), ec, (uintptr_t) server_reply));

    return true;
}

static bool caller (struct bench_run *run, unsigned prio, thread_fn *fn, void *arg)
{
    struct thread *const t = mem_alloc (sizeof (*t), NULL);

    if (!t)
        return bench_fail (run, "no memory");

    TRY (run, thread_create_global (t, 0, run->self->cpu, fn, arg));
    TRY (run, thread_start (t, hyp_scd (BUDGET_MS, prio, 0)));

    return true;
}

/*
 * Preempted: the first caller is below the worker, and its request wakes the worker. So the server stands before its last two
 * instructions when the worker calls it.
 */
static struct { uint64_t wake, busy; bool volatile stop; } low;

static void low_caller (void *arg)
{
    (void) arg;

    while (!low.stop)
        hyp_ipc_call (low.busy, &(uint32_t) { mtd_words (1) });

    hyp_sm_up (low.wake);
}

static bool setup_preempted (struct bench_run *run)
{
    uint64_t reply;

    low.stop = false;
    low.wake = sel_alloc (0);

    TRY (run, hyp_create_sm (low.wake, sel_root_pd(), 0));

    if (!busy_server (run, sm_id (low.wake, 0), &low.busy, &reply))
        return false;

    run->regs = (struct hyp_regs) { .p0 = ipc_call_id (reply), .p1 = mtd_words (1) };

    return caller (run, PRIO_WORKER - 1, low_caller, NULL);
}

static bool before_preempted (struct bench_run *run, struct hyp_regs *r)
{
    (void) r;

    TRY (run, hyp_sm_down (low.wake, 0));

    return true;
}

/* The first caller is to end, and then must not be ready any more when the next benchmark is measured: this EC makes way */
static bool end_preempted (struct bench_run *run)
{
    low.stop = true;

    TRY (run, hyp_sm_down (low.wake, 0));

    return !timer_works() || timer_sleep (1) || bench_fail (run, "a timeout did not come");
}

/*
 * Blocked: the server waits for a semaphore before it replies, and several callers, all above the worker, wait for it. One up lets the
 * server go on, and all callers try again: one gets its reply, calls again and waits; for another one the server waits for the
 * semaphore again; the others wait.
 */
static bool setup_blocked (struct bench_run *run)
{
    uint64_t const sm = sel_alloc (0);
    uint64_t busy, reply;

    TRY (run, hyp_create_sm (sm, sel_root_pd(), 0));

    if (!busy_server (run, sm_id (sm, FLAG_SM_DOWN), &busy, &reply))
        return false;

    run->regs = (struct hyp_regs) { .p0 = sm_id (sm, 0) };

    for (unsigned i = 0; i < run->bench->param; i++)
        if (!caller (run, PRIO_WORKER + 1, server_caller, (void *) ipc_call_id (busy)))
            return false;

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define BLOCKED(n)                                                                                                          \
    { .name = "ipc.help.blocked." #n, .group = "ipc",                                                                       \
      .op = "ctrl_sm up that lets a blocked server with " #n " callers go on: one is served, all wait again", .timed = timed,         \
      .empty = empty, .unwatched = true, .param = n, .setup = setup_blocked }

static struct bench const ipc_help[] = {
    { .name = "ipc.help.preempted", .group = "ipc", .op = "ipc_call of a server that was preempted 2 instructions before its reply",
      .kind = KIND_ROUND_TRIP, .timed = timed, .empty = empty, .unwatched = true, .setup = setup_preempted, .before = before_preempted,
      .end = end_preempted },
    BLOCKED (1), BLOCKED (2), BLOCKED (4), BLOCKED (8),
};

BENCHES (ipc_help);
