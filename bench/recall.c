/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Recalls: an EC is made to enter the kernel and to tell its recall handler so. Its handler replies with no state at all.
 * doc/bench/recall.md
 */
#include <exc.h>

#include <cpu_pause.h>
#include <delay.h>
#include <mem.h>
#include <panic.h>
#include <record.h>
#include <root.h>
#include <server.h>
#include <stamp.h>
#include <stc.h>
#include <timed.h>
#include <timer.h>

enum { STRONG = FLAG_RECALL_STRONG };

static struct target {
    struct thread           thread;
    uint64_t volatile *     stamp;                      /* first word of the handler's UTCB                     */
    bool volatile           stop, runs;
} *target;                                              /* of the current benchmark                             */

static unsigned recall_event (void) { return root.hip->sel_hst_arch + EVENT_RECALL; }

static uint64_t recall_id (uint64_t ec, unsigned flags) { return hyp_id (HYPERCALL_ctrl_ec, flags) | abi_put_ctrl_ec_ec (ec); }

static uint64_t sm_id (uint64_t sm, unsigned flags) { return hyp_id (HYPERCALL_ctrl_sm, flags) | abi_put_ctrl_sm_sm (sm); }

/* Of oneself: the event comes before the hypercall returns */
static bool setup_self (struct bench_run *run)
{
    uint64_t ec;

    run->regs = (struct hyp_regs) { .p0 = recall_id (run->self->ec, 0) };

    return server_create (run, &ec, sel_root_pd(), 0) && exc_portal (run, recall_event(), ec, server_reply, 0, 0);
}

static void spin (void *arg)
{
    struct target *const t = arg;

    for (t->runs = true; !t->stop; cpu_pause()) ;
}

/* An EC that spins, and its recall handler */
static bool target_create (struct bench_run *run, unsigned cpu, unsigned prio, void (*handler) (void), uint64_t pid)
{
    struct target *const t = mem_alloc (sizeof (*t), NULL);
    uint64_t ec;

    if (!t)
        return bench_fail (run, "no memory");

    uintptr_t const utcb = server_create_on (run, &ec, sel_root_pd(), 0, 0, cpu);

    if (!utcb)
        return false;

    t->stamp = (uint64_t volatile *) utcb;

    TRY (run, thread_create_global (&t->thread, 0, cpu, spin, t));

    uint64_t const pt = t->thread.evt + recall_event();

    TRY (run, hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) handler));
    TRY (run, hyp_ctrl_pt (pt, pid, 0));
    TRY (run, thread_start (&t->thread, hyp_scd (BUDGET_MS, prio, 0)));

    run->regs = (struct hyp_regs) { .p0 = recall_id (t->thread.ec, run->bench->param) };
    target    = t;

    return true;
}

/* The target ends, and must not be ready any more when the next benchmark is measured: this EC makes way. */
static bool end_target (struct bench_run *run)
{
    target->stop = true;

    return !timer_works() || timer_sleep (1) || bench_fail (run, "a timeout did not come");
}

/* On this CPU, below this EC: it does not run, so nothing but a mark is left there. */
static bool setup_local (struct bench_run *run)
{
    return target_create (run, run->self->cpu, PRIO_WORKER - 1, server_reply, 0);
}

/* The same, and this EC waits until the handler, which the target comes to when it goes on, wakes it. */
static bool setup_handler (struct bench_run *run)
{
    uint64_t const sm = sel_alloc (0);

    TRY (run, hyp_create_sm (sm, sel_root_pd(), 0));

    run->aux = sm_id (sm, FLAG_SM_DOWN);

    return target_create (run, run->self->cpu, PRIO_WORKER - 1, server_hypercall, sm_id (sm, 0));
}

static bool wait (struct bench_run *run, bool (*ready) (void))
{
    for (uint64_t const end = stc_read() + root.hip->stc_freq; !ready(); cpu_pause())
        if (stc_read() >= end)
            return bench_fail (run, "nothing from CPU %u", target->thread.cpu);

    return true;
}

static bool runs (void) { return target->runs; }
static bool handled (void) { return *target->stamp; }

/* On another CPU, in user mode. NOVA 24.08, which has no records, was seen to wait for ever in a strong recall. */
static bool setup_remote (struct bench_run *run)
{
    if (run->bench->param & STRONG && !record_find (RECORD_MEMORY))
        return bench_skip (run, "kernels without records may wait for ever in it: doc/bench/recall.md");

    bool const delayed = run->delay && run->bench->delays;

    return target_create (run, (run->self->cpu + 1) % root.hip->cpu_num, PRIO_WORKER, delayed ? server_delay_stamp : server_stamp,
                          delay_target (run->delay)) && wait (run, runs);
}

static bool before_remote (struct bench_run *run, struct hyp_regs *r)
{
    (void) run;
    (void) r;

    *target->stamp = 0;

    return true;
}

/* Untimed: the handler has been entered before the next recall */
static bool after_remote (struct bench_run *run, struct hyp_regs const *r)
{
    (void) r;

    return wait (run, handled);
}

STAMPED (recall, ABI_TRAP);
STAMPED (nothing, "");

static bool take_entry (struct bench_run *run, int64_t *value)
{
    struct stamps const s = recall (run->regs);

    if (s.status != STATUS_SUCCESS || !wait (run, handled))
        return bench_fail (run, "ctrl_ec: %s", status_name (s.status));

    *value = (int64_t) (*target->stamp - s.start);

    return true;
}

static uint64_t empty_stamped (struct hyp_regs *r, uint64_t aux)
{
    struct stamps const s = nothing (*r);

    (void) aux;

    return s.end - s.start;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");
TIMED (timed_down, ABI_TRAP "; " INSN_LOAD_AUX "; " ABI_TRAP);
TIMED (empty_down, INSN_LOAD_AUX);

#define REMOTE(n, text, k)                                                                                                  \
    .name = "recall.remote." n, .group = "recall", .op = "ctrl_ec of an EC in user mode on another CPU" text, .kind = k,    \
    .cpus = 2, .iterations = 1000, .setup = setup_remote, .before = before_remote, .after = after_remote, .end = end_target

static struct bench const recalls[] = {
    { .name = "recall.self", .group = "recall",
      .op = "ctrl_ec of oneself, recall portal, reply with MTD = 0 by a handler of 2 instructions", .kind = KIND_ROUND_TRIP,
      .timed = timed, .empty = empty, .control = true, .setup = setup_self },
    { .name = "recall.local", .group = "recall", .op = "ctrl_ec of an EC of this CPU that does not run", .timed = timed, .empty = empty,
      .setup = setup_local, .end = end_target },
    { .name = "recall.handler", .group = "recall",
      .op = "ctrl_ec of an EC of this CPU + ctrl_sm down, until its recall handler ups: 3 hypercalls", .kind = KIND_ROUND_TRIP,
      .timed = timed_down, .empty = empty_down, .unwatched = true, .setup = setup_handler, .end = end_target },
    { REMOTE ("weak", ": weak", KIND_OPERATION), .timed = timed, .empty = empty },
    { REMOTE ("strong", ": strong, it has entered the kernel", KIND_ROUND_TRIP), .timed = timed, .empty = empty,
      .param = STRONG },
    { REMOTE ("entry", ", up to the first instruction of its recall handler there", KIND_LATENCY), .take = take_entry,
      .empty = empty_stamped, .delays = true },
};

BENCHES (recalls);
