/* SPDX-License-Identifier: GPL-2.0-only */
/* Undefined instructions: delivery to a portal, and the reply that lets the program go on. doc/bench/exc.md */
#include <exc.h>

#include <delay.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <stamp.h>
#include <timed.h>

bool exc_portal (struct bench_run *run, unsigned event, uint64_t ec, void (*entry) (void), uint64_t pid, uint32_t mtd)
{
    uint64_t const pt = run->self->evt + event;

    TRY (run, sel_revoke (pt, 0));                      /* the driver's portal for what must not happen         */
    TRY (run, hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) entry));
    TRY (run, hyp_ctrl_pt (pt, pid, mtd));

    return true;
}

static bool setup (struct bench_run *run)
{
    uint64_t ec;

    return server_create (run, &ec, sel_root_pd(), 0) &&
           exc_portal (run, EVENT_UNDEFINED, ec, run->delay ? server_delay_skip : server_skip, delay_target (run->delay), MTD_CONTINUE);
}

TIMED (timed, INSN_UNDEFINED);
TIMED (empty, "");

/* The handler reads the counter when it is entered, or when it has done its work */
static bool setup_stamp (struct bench_run *run, void (*handler) (void))
{
    uint64_t ec;

    run->aux = server_create_on (run, &ec, sel_root_pd(), 0, 0, run->self->cpu);

    return run->aux && exc_portal (run, EVENT_UNDEFINED, ec, handler, delay_target (run->delay), MTD_CONTINUE);
}

/* A delay is in the half that is measured */
static bool setup_entry (struct bench_run *run) { return setup_stamp (run, run->delay ? server_delay_stamp_skip : server_stamp_skip); }
static bool setup_return (struct bench_run *run) { return setup_stamp (run, run->delay ? server_skip_stamp_delay : server_skip_stamp); }

STAMPED (undefined, INSN_UNDEFINED);
STAMPED (nothing, "");

static bool take (struct bench_run *run, int64_t *there, int64_t *back)
{
    struct stamps const s = undefined (run->regs);
    uint64_t const handler = *(uint64_t volatile *) run->aux;

    *there = (int64_t) (handler - s.start);
    *back  = (int64_t) (s.end - handler);

    return handler - s.start <= s.end - s.start || bench_fail (run, "the handler's time is not between");
}

static bool take_entry (struct bench_run *run, int64_t *value) { return take (run, value, &(int64_t) { 0 }); }
static bool take_return (struct bench_run *run, int64_t *value) { return take (run, &(int64_t) { 0 }, value); }

static uint64_t empty_stamped (struct hyp_regs *r, uint64_t aux)
{
    struct stamps const s = nothing (*r);

    (void) aux;

    return s.end - s.start;
}

static struct bench const exc[] = {
    { .name = "exc.ud", .group = "exc", .op = TEXT_UNDEFINED, .kind = KIND_ROUND_TRIP, .timed = timed, .empty = empty, .cold = true,
      .noise = true, .control = true, .delays = true, .setup = setup },
    { .name = "exc.ud.entry", .group = "exc", .op = "undefined instruction, up to the first instruction of its handler",
      .kind = KIND_ONE_WAY, .take = take_entry, .empty = empty_stamped, .cold = true, .delays = true, .setup = setup_entry },
    { .name = "exc.ud.return", .group = "exc", .op = "last 2 instructions of the handler, up to the next one of the program",
      .kind = KIND_ONE_WAY, .take = take_return, .empty = empty_stamped, .cold = true, .delays = true, .setup = setup_return },
};

BENCHES (exc);
