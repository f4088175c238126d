/* SPDX-License-Identifier: GPL-2.0-only */
/* Scheduling: preemption by a higher priority, rotation among equal ones, and how exact the timer is. */
#include <delay.h>
#include <panic.h>
#include <peer.h>
#include <root.h>
#include <stc.h>
#include <timer.h>

enum { PRIO_SPIN = PRIO_WORKER - 1, PRIO_HIGH = PRIO_WORKER + 1, SLICE_MS = 1, TURNS = 32, DROPPED = 2 };

static bool setup_timer (struct bench_run *run) { return timer_works() || bench_skip (run, "timeouts do not come on this machine"); }

static bool setup_preempt (struct bench_run *run)
{
    static struct sleeper sleeper;

    if (!sleeper.sm && (!peer_sm (run, &sleeper.sm) ||
                        !peer_start (run, run->self->cpu, PRIO_HIGH, BUDGET_MS, peer_sleep, &sleeper)))
        return false;

    sleeper.delay = run->delay;
    run->aux = (uintptr_t) &sleeper;

    return true;
}

static bool take_preempt (struct bench_run *run, int64_t *value)
{
    return peer_wake (run, (struct sleeper *) run->aux, peer_up, value);
}

/*
 * Two ECs of one priority read the counter again and again, on one CPU, so that each has it for a slice, and is away for one. Who finds
 * that a round of its loop took much longer has been away; what a round takes otherwise is the least that one took, and is subtracted,
 * so that it does not matter where in the loop the slice ended. TURNS of one of them are noted without anybody else running, then the
 * worker is woken. The first ones are dropped: the worker had the CPU before.
 */
struct spinner {
    bool                notes;                          /* this one of the two does                             */
    bool volatile       stop;
    int volatile        turn;                           /* TURNS: nothing is noted any more                     */
    uint64_t            round;                          /* what one takes                                       */
    uint64_t            away[TURNS];
};

static struct spinner spinner[2];
static uint64_t full;                                   /* semaphore: all turns are noted                       */
static int taken;                                       /* of them                                              */

static uint64_t slice (void) { return root.hip->stc_freq / 1000 * SLICE_MS; }

static void note (struct spinner *s, uint64_t ticks)
{
    int const i = s->turn;

    if (i == TURNS)
        return;

    if (i >= 0)
        s->away[i] = ticks;

    s->turn = i + 1;

    if (i == TURNS - 1)
        hyp_sm_up (full);
}

static void spin (void *arg)
{
    struct spinner *const s = arg;
    uint64_t const half = slice() / 2;

    for (uint64_t now, before = stc_read(); !s->stop; before = now) {

        now = stc_read();

        if (now - before >= half && s->notes) {
            note (s, now - before);
            now = stc_read();
        } else if (now - before < s->round)
            s->round = now - before;
    }
}

static bool setup_rotation (struct bench_run *run)
{
    if (!setup_timer (run) || (!full && !peer_sm (run, &full)))
        return false;

    taken = TURNS;

    for (unsigned i = 0; i < 2; i++) {

        spinner[i] = (struct spinner) { .notes = !i, .turn = TURNS, .round = ~UINT64_C (0) };

        if (!peer_start (run, run->self->cpu, PRIO_SPIN, SLICE_MS, spin, spinner + i))
            return false;
    }

    return true;
}

/* What the interface promises the other one is not the kernel's */
static bool take_turn (struct bench_run *run, int64_t *value)
{
    if (taken == TURNS) {

        spinner->turn = -DROPPED;
        taken = 0;

        TRY (run, hyp_sm_down (full, 0));
    }

    *value = (int64_t) (spinner->away[taken++] - spinner->round - slice());

    return true;
}

/* Both have to get to their end while the worker is out of the way */
static bool end_rotation (struct bench_run *run)
{
    spinner[0].stop = spinner[1].stop = true;

    return timer_sleep (1) || bench_fail (run, "a timeout did not come");
}

static uint64_t due, woken;                             /* last deadline, last wake-up                          */

static bool setup_period (struct bench_run *run)
{
    due = 0;

    return setup_timer (run);
}

static bool await_period (struct bench_run *run, uint64_t period)
{
    due = due + period;

    enum status const status = timer_wait (due);

    woken = stc_now();

    return status == STATUS_TIMEOUT || bench_fail (run, "ctrl_sm down: %s", status_name (status));
}

static bool take_period (struct bench_run *run, int64_t *value)
{
    uint64_t const period = root.hip->stc_freq / 10000;

    /* At the beginning, and when something has kept the worker for longer than a period */
    if (stc_now() >= due + period) {
        due = stc_now();
        if (!await_period (run, period))
            return false;
    }

    uint64_t const before = woken;

    if (!await_period (run, period))
        return false;

    *value = (int64_t) (woken - before - period);

    return true;
}

/* How late a timeout is that is so far ahead */
static bool late (struct bench_run *run, uint64_t ticks, int64_t *value)
{
    uint64_t const end = stc_now() + ticks;
    enum status const status = timer_wait (end);

    *value = (int64_t) (stc_now() - end);

    return status == STATUS_TIMEOUT || bench_fail (run, "ctrl_sm down: %s", status_name (status));
}

/* In millionths of the longer one: what a wake-up takes is in both, an error of the timer's frequency in that one */
static bool take_timer (struct bench_run *run, int64_t *value)
{
    int64_t const longer = (int64_t) root.hip->stc_freq / 100;
    int64_t near, far;

    if (!late (run, root.hip->stc_freq / 10000, &near) || !late (run, (uint64_t) longer, &far))
        return false;

    *value = (far - near) * 1000000 / longer;

    return true;
}

static struct bench const sched[] = {
    { .name = "sched.preempt", .group = "sched", .op = "ctrl_sm up to the first instruction of the EC of higher priority that it wakes",
      .kind = KIND_ONE_WAY, .control = true, .delays = true, .empty = peer_empty, .setup = setup_preempt, .take = take_preempt },
    { .name = "sched.rotate", .group = "sched", .op = "absence of an EC while another one of its priority has a slice of 1 ms, less 1 ms",
      .kind = KIND_LATENCY, .setup = setup_rotation, .take = take_turn, .end = end_rotation },
    { .name = "sched.period", .group = "sched", .op = "time between two timeouts that are 100 us apart, as the EC sees it, less 100 us",
      .kind = KIND_TIME, .setup = setup_period, .take = take_period },
    { .name = "sched.timer", .group = "sched", .op = "how much later than a timeout 100 us ahead one is that is 10 ms ahead, of 10 ms",
      .kind = KIND_TIME, .unit = UNIT_PPM, .setup = setup_timer, .take = take_timer },
};

BENCHES (sched);
