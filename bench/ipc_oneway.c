/* SPDX-License-Identifier: GPL-2.0-only */
/* The two halves of a round trip: the server reads the counter when it is entered, and puts it into the message. doc/bench/ipc.md */
#include <ipc.h>

#include <delay.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <stamp.h>

enum { CROSS = 1 << 0, BACK = 1 << 1 };

/* A delay is the server's, in the half that is measured */
static uintptr_t entry (struct bench_run const *run)
{
    return (uintptr_t) (!run->delay ? server_stamp : run->bench->param & BACK ? server_stamp_delay : server_delay_stamp);
}

static bool setup (struct bench_run *run)
{
    static uint64_t server[2];                          /* ECs: in this PD, in another one                      */
    uint64_t *const s = server + (run->bench->param & CROSS), pt = sel_alloc (0);
    struct child c = { .pd = sel_root_pd() };

    if (!*s && ((run->bench->param & CROSS && !child_create (run, &c)) || !server_create (run, s, c.pd, 0)))
        return false;

    TRY (run, hyp_create_pt (pt, sel_root_pd(), *s, entry (run)));
    TRY (run, hyp_ctrl_pt (pt, delay_target (run->delay), 0));

    run->regs = (struct hyp_regs) { .p0 = ipc_call_id (pt), .p1 = mtd_words (1) };

    return true;
}

STAMPED (call, ABI_TRAP);
STAMPED (nothing, "");

static bool take (struct bench_run *run, int64_t *value)
{
    uint64_t volatile *const word = run->self->utcb->word;

    *word = 0;

    struct stamps const s = call (run->regs);
    uint64_t const entered = *word;

    *value = (int64_t) (run->bench->param & BACK ? s.end - entered : entered - s.start);

    if (s.status != STATUS_SUCCESS)
        return bench_fail (run, "ipc_call: %s", status_name (s.status));

    return entered - s.start <= s.end - s.start || bench_fail (run, "the server's time is not between");
}

static uint64_t empty (struct hyp_regs *r, uint64_t aux)
{
    struct stamps const s = nothing (*r);

    (void) aux;

    return s.end - s.start;
}

#define ONE_WAY(n, what, p)                                                                                                 \
    { .name = n, .group = "ipc", .op = what, .kind = KIND_ONE_WAY, .take = take, .empty = empty, .cold = true,              \
      .delays = true, .param = p, .setup = setup }

static struct bench const ipc_oneway[] = {
    ONE_WAY ("ipc.same.call",   "ipc_call in one PD, up to the server's first instruction",               0),
    ONE_WAY ("ipc.same.reply",  "server's last 2 instructions, ipc_reply in one PD, up to the caller",    BACK),
    ONE_WAY ("ipc.cross.call",  "ipc_call between two PDs, up to the server's first instruction",         CROSS),
    ONE_WAY ("ipc.cross.reply", "server's last 2 instructions, ipc_reply between two PDs, up to the caller", CROSS | BACK),
};

BENCHES (ipc_oneway);
