/* SPDX-License-Identifier: GPL-2.0-only */
/* Semaphores between two CPUs: how long after an up the EC that it wakes runs on the other CPU, and ping-pong. */
#include <cpu_pause.h>
#include <mem.h>
#include <panic.h>
#include <peer.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { IDLE, BUSY, PRIO_LOW = 1, CPUS = 2 };

static struct sleeper sleeper;
static _Atomic (bool) idle;                             /* the other CPU is to have nothing else to do          */

/* Has the other CPU while the sleeper sleeps */
static void spinner (void *arg)
{
    (void) arg;

    while (!rlx_load (&idle))
        cpu_pause();
}

static bool setup_wake (struct bench_run *run)
{
    unsigned const there = peer_cpu (run, 1);

    if (!sleeper.sm && (!peer_sm (run, &sleeper.sm) || !peer_start (run, there, PRIO_WORKER, BUDGET_MS, peer_sleep, &sleeper)))
        return false;

    sleeper.delay = run->delay;
    rlx_store (&idle, run->bench->param == IDLE);

    return run->bench->param == IDLE || peer_start (run, there, PRIO_LOW, BUDGET_MS, spinner, NULL);
}

/* 20 us before each sample: the sleeper has to go back to its down, and its CPU to what it does otherwise */
static bool take_wake (struct bench_run *run, int64_t *value)
{
    peer_spin (root.hip->stc_freq / 50000);

    return peer_wake (run, &sleeper, peer_up, value);
}

static bool end_wake (struct bench_run *run)
{
    (void) run;

    rlx_store (&idle, true);

    return true;
}

static bool must_be_synchronous (struct bench_run *run)
{
    return run->min >= 0 || bench_fail (run, "woken %ld ticks before the up: the counters of the CPUs differ", -run->min);
}

static uint64_t sm_id (uint64_t sm, unsigned flags) { return hyp_id (HYPERCALL_ctrl_sm, flags) | abi_put_ctrl_sm_sm (sm); }

/* The partner is the one of sem.pingpong */
static bool setup_pingpong (struct bench_run *run)
{
    struct { uint64_t down, up; } *const id = mem_alloc (sizeof (*id), NULL);
    uint64_t ping, pong;

    if (!id)
        return bench_fail (run, "no memory");

    if (!peer_sm (run, &ping) || !peer_sm (run, &pong))
        return false;

    id->down = sm_id (ping, FLAG_SM_DOWN);
    id->up   = sm_id (pong, 0);

    run->regs = (struct hyp_regs) { .p0 = sm_id (ping, 0) };
    run->aux  = sm_id (pong, FLAG_SM_DOWN);

    return peer_start (run, peer_cpu (run, 1), PRIO_WORKER, BUDGET_MS, server_pingpong, id);
}

TIMED (timed_round, ABI_TRAP "; " INSN_LOAD_AUX "; " ABI_TRAP);
TIMED (empty_round, INSN_LOAD_AUX);

static struct bench const sem_cross[] = {
    { .name = "sem.cross.wake", .group = "sem", .op = "ctrl_sm up on one CPU to the first instruction of the EC it wakes on an idle one",
      .kind = KIND_ONE_WAY, .cpus = CPUS, .delays = true, .param = IDLE, .empty = peer_empty, .setup = setup_wake,
      .take = take_wake, .verify = must_be_synchronous },
    { .name = "sem.cross.wake.busy", .group = "sem", .op = "the same, and the other CPU runs an EC of lower priority",
      .kind = KIND_ONE_WAY, .cpus = CPUS, .delays = true, .param = BUSY, .empty = peer_empty, .setup = setup_wake,
      .take = take_wake, .end = end_wake, .verify = must_be_synchronous },
    { .name = "sem.cross.pingpong", .group = "sem", .op = "ctrl_sm up + down, answered by an EC on another CPU with down + up",
      .kind = KIND_ROUND_TRIP, .cpus = CPUS, .timed = timed_round, .empty = empty_round,
      .setup = setup_pingpong },
};

BENCHES (sem_cross);
