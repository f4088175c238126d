/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts to an EC that waits for them: of the kernel's timer, by a timeout, and of a device. The device is the transmitter of a UART,
 * since the moment when it asserts its interrupt is known: software makes it do so.
 */
#include <cpu_pause.h>
#include <delay.h>
#include <panic.h>
#include <peer.h>
#include <root.h>
#include <stc.h>
#include <timer.h>
#include <transmitter.h>

enum { IDLE, BUSY, HERE = 0, THERE = 1, PRIO_LOW = 1, PRIO_HIGH = PRIO_WORKER + 1 };

static _Atomic (bool) idle;

/* Has the CPU while the worker waits */
static void spin (void *arg)
{
    (void) arg;

    while (!rlx_load (&idle)) ;
}

static bool setup_timer (struct bench_run *run)
{
    if (!timer_works())
        return bench_skip (run, "timeouts do not come on this machine");

    rlx_store (&idle, run->bench->param == IDLE);

    return run->bench->param == IDLE || peer_start (run, run->self->cpu, PRIO_LOW, BUDGET_MS, spin, NULL);
}

/* 100 us ahead: the kernel has long been idle, or back in the other EC, when the timer fires */
static bool take_timer (struct bench_run *run, int64_t *value)
{
    uint64_t const due = stc_now() + root.hip->stc_freq / 10000;
    enum status const status = timer_wait (due);

    if (run->delay)
        delay (run->delay);

    *value = (int64_t) (stc_now() - due);

    return status == STATUS_TIMEOUT || bench_fail (run, "ctrl_sm down: %s", status_name (status));
}

/* The spinner has to get to its end: it must not be ready any more when the next benchmark is measured */
static bool end_timer (struct bench_run *run)
{
    rlx_store (&idle, true);

    return timer_sleep (1) || bench_fail (run, "a timeout did not come");
}

static bool must_not_be_early (struct bench_run *run)
{
    return run->min >= 0 || bench_fail (run, "a timeout came %ld ticks early", -run->min);
}

static struct transmitter source;
static struct sleeper *handler;

static enum status assign (unsigned flags, unsigned cpu)
{
    uint32_t addr;
    uint16_t data;

    return hyp_assign_int (source.flags | flags, handler->sm, cpu, 0, &addr, &data);
}

static bool raise (struct bench_run *run, struct sleeper *s)
{
    (void) run;
    (void) s;

    transmitter_raise();

    return true;
}

/* A firmware or board may not let it through: then it is not there to be measured */
static bool comes (void)
{
    uint64_t const end = stc_read() + root.hip->stc_freq / 10;

    transmitter_raise();

    while (!acq_load (&handler->wakeups) && stc_read() < end)
        cpu_pause();

    transmitter_lower();

    return acq_load (&handler->wakeups);
}

/* Each benchmark has a handler of its own: it waits on the CPU that the interrupt is routed to, and has ended before the next one */
static bool setup_device (struct bench_run *run)
{
    static struct sleeper each[2];
    unsigned const cpu = peer_cpu (run, run->bench->param);

    if (!transmitter_open (&source) || source.pin >= root.hip->int_pin)
        return bench_skip (run, "no UART whose transmitter has an interrupt pin");

    handler = each + run->bench->param;
    *handler = (struct sleeper) { .sm = sel_alloc (0), .delay = run->delay, .woken = transmitter_lower };

    TRY (run, hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + source.pin, handler->sm, 0, PERM_MASK, 0));
    TRY (run, assign (0, cpu));

    if (!peer_start (run, cpu, PRIO_HIGH, BUDGET_MS, peer_sleep, handler))
        return false;

    if (comes())
        return true;

    assign (FLAG_INT_MASK, cpu);

    return bench_skip (run, "the interrupt of the transmitter does not come");
}

/* On another CPU, the handler needs some time to wait again; on this one, it has done so before the worker goes on */
static bool take_device (struct bench_run *run, int64_t *value)
{
    if (run->bench->param == THERE)
        peer_spin (root.hip->stc_freq / 50000);

    return peer_wake (run, handler, raise, value);
}

static bool end_device (struct bench_run *run)
{
    int64_t ticks;

    rlx_store (&handler->stop, true);

    if (!take_device (run, &ticks))
        return false;

    TRY (run, assign (FLAG_INT_MASK, peer_cpu (run, run->bench->param)));

    return true;
}

#define DEVICE "store that makes a UART assert its interrupt, to the first instruction of the EC that waits for it on "

static struct bench const interrupt[] = {
    { .name = "int.timer.idle", .group = "int", .op = "end of a timeout to the first instruction of the EC that waits for it, idle CPU",
      .kind = KIND_LATENCY, .noise = true, .control = true, .delays = true, .param = IDLE, .setup = setup_timer, .take = take_timer,
      .verify = must_not_be_early },
    { .name = "int.timer.busy", .group = "int", .op = "the same, and the CPU runs an EC of lower priority",
      .kind = KIND_LATENCY, .delays = true, .param = BUSY, .setup = setup_timer, .take = take_timer, .end = end_timer,
      .verify = must_not_be_early },
    { .name = "int.device", .group = "int", .op = DEVICE "this CPU", .kind = KIND_LATENCY, .delays = true, .param = HERE,
      .empty = peer_empty, .setup = setup_device, .take = take_device, .end = end_device },
    { .name = "int.device.cross", .group = "int", .op = DEVICE "another CPU, idle", .kind = KIND_LATENCY, .cpus = 2,
      .delays = true, .param = THERE, .empty = peer_empty, .setup = setup_device, .take = take_device, .end = end_device },
};

BENCHES (interrupt);
