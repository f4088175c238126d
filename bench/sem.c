/* SPDX-License-Identifier: GPL-2.0-only */
/* Semaphores: up and down with nobody waiting, and ping-pong between two global ECs on one CPU. */
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>
#include <timer.h>

static uint64_t up_id (uint64_t sm)   { return hyp_id (HYPERCALL_ctrl_sm, 0) | abi_put_ctrl_sm_sm (sm); }
static uint64_t down_id (uint64_t sm) { return hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | abi_put_ctrl_sm_sm (sm); }

static bool setup_up (struct bench_run *run)
{
    uint64_t const sm = sel_alloc (0);

    run->regs = (struct hyp_regs) { .p0 = up_id (sm) };

    TRY (run, hyp_create_sm (sm, sel_root_pd(), 0));

    return true;
}

static bool setup_down (struct bench_run *run)
{
    uint64_t const sm = sel_alloc (0);

    run->regs = (struct hyp_regs) { .p0 = down_id (sm) };

    TRY (run, hyp_create_sm (sm, sel_root_pd(), UINT32_MAX));

    return true;
}

static bool setup_pingpong (struct bench_run *run)
{
    uint64_t const ping = sel_alloc (0), pong = sel_alloc (0);
    struct thread *const partner = mem_alloc (sizeof (*partner), NULL);
    struct { uint64_t down, up, ticks; } *const id = mem_alloc (sizeof (*id), NULL);

    if (!partner || !id)
        return bench_fail (run, "no memory");

    id->down  = down_id (ping);
    id->up    = up_id (pong);
    id->ticks = delay_target (run->delay);

    TRY (run, hyp_create_sm (ping, sel_root_pd(), 0));
    TRY (run, hyp_create_sm (pong, sel_root_pd(), 0));
    TRY (run, thread_create_global (partner, 0, run->self->cpu, run->delay ? server_delay_pingpong : server_pingpong, id));
    TRY (run, thread_start (partner, hyp_scd (BUDGET_MS, run->bench->param, 0)));

    run->regs = (struct hyp_regs) { .p0 = up_id (ping) };
    run->aux  = down_id (pong);

    return true;
}

/*
 * A partner of lower priority may still have to get to its down, where it then stays. It must not be ready any more when the next
 * benchmark is measured; so this EC makes way.
 */
static bool end_pingpong (struct bench_run *run)
{
    return !timer_works() || timer_sleep (1) || bench_fail (run, "a timeout did not come");
}

/* Up is done with whatever the timeout register holds, down wants 0 there, and the kernel leaves it alone */
TIMED (timed, ABI_TRAP);
TIMED (empty, "");
TIMED (timed_round, ABI_TRAP "; " INSN_LOAD_AUX "; " ABI_TRAP);
TIMED (empty_round, INSN_LOAD_AUX);

#define ROUND   "ctrl_sm up + down, answered by an EC on the same CPU with down + up: 4 hypercalls, 2 switches, 5 of its instructions"

#define PINGPONG(which, prio, equal)                                                                                        \
    { .name = "sem.pingpong." which, .group = "sem", .op = ROUND, .kind = KIND_ROUND_TRIP, .timed = timed_round,            \
      .empty = empty_round, .noise = equal, .control = equal, .delays = true, .unwatched = true, .param = prio,             \
      .setup = setup_pingpong, .end = end_pingpong }

static struct bench const sem[] = {
    { .name = "sem.up", .group = "sem", .op = "ctrl_sm up, nobody waiting", .timed = timed, .empty = empty, .cold = true,
      .noise = true, .setup = setup_up },
    { .name = "sem.down", .group = "sem", .op = "ctrl_sm down, counter above 0", .timed = timed, .empty = empty,
      .setup = setup_down },
    PINGPONG ("equal",       PRIO_WORKER,     true),
    PINGPONG ("caller_high", PRIO_WORKER - 1, false),
    PINGPONG ("caller_low",  PRIO_WORKER + 1, false),
};

BENCHES (sem);
