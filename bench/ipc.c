/* SPDX-License-Identifier: GPL-2.0-only */
/* Round trips between a caller and a server of two instructions, in one PD and in two. */
#include <ipc.h>

#include <delay.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

struct ipc_server {
    bool        ready;
    uint64_t    reply, delayed, invert;                 /* portals                                              */
};

static struct ipc_server same, cross;

static bool ipc_server_create (struct bench_run *run, struct ipc_server *s, uint64_t pd)
{
    uint64_t ec;

    if (!server_create (run, &ec, pd, 0))
        return false;

    s->reply   = sel_alloc (0);
    s->delayed = sel_alloc (0);
    s->invert  = sel_alloc (0);

    TRY (run, hyp_create_pt (s->reply,   sel_root_pd(), ec, (uintptr_t) server_reply));
    TRY (run, hyp_create_pt (s->delayed, sel_root_pd(), ec, (uintptr_t) server_delay_reply));
    TRY (run, hyp_create_pt (s->invert,  sel_root_pd(), ec, (uintptr_t) server_invert));

    return s->ready = true;
}

/* The message must reach the server and come back, words beyond it must stay: else the figures mean nothing */
static bool check_transfer (struct bench_run *run, uint64_t invert, unsigned words)
{
    uint64_t volatile *const w = run->self->utcb->word;
    uint32_t mtd = mtd_words (words);

    for (unsigned i = 0; i < UTCB_WORDS; i++)
        w[i] = UINT64_C (0x0123456789abcdef) * (i + 1);

    TRY (run, hyp_ipc_call (invert, &mtd));

    if (mtd != mtd_words (words))
        return bench_fail (run, "reply has MTD %#x", mtd);

    for (unsigned i = 0; i < UTCB_WORDS; i++) {
        uint64_t const sent = UINT64_C (0x0123456789abcdef) * (i + 1);
        if (w[i] != (i < words ? ~sent : sent))
            return bench_fail (run, "word %u was not transferred right", i);
    }

    return true;
}

bool ipc_setup (struct bench_run *run, uint64_t reply, uint64_t invert, unsigned words)
{
    run->regs = (struct hyp_regs) { .p0 = ipc_call_id (reply), .p1 = mtd_words (words) };

    return check_transfer (run, invert, words);
}

/* With a delay: by the portal whose server has it */
static bool setup (struct bench_run *run, struct ipc_server const *s)
{
    TRY (run, hyp_ctrl_pt (s->delayed, delay_target (run->delay), 0));

    return ipc_setup (run, run->delay ? s->delayed : s->reply, s->invert, run->bench->param);
}

bool ipc_setup_same (struct bench_run *run)
{
    return (same.ready || ipc_server_create (run, &same, sel_root_pd())) && setup (run, &same);
}

bool ipc_setup_cross (struct bench_run *run)
{
    struct child c;

    return (cross.ready || (child_create (run, &c) && ipc_server_create (run, &cross, c.pd))) && setup (run, &cross);
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define SAME(n, c, ...)                                                                                                     \
    { .name = "ipc.same.w" #n, .group = "ipc", .op = "ipc_call + ipc_reply in one PD, " #n "-word messages",               \
      .kind = KIND_ROUND_TRIP, .timed = timed, .empty = empty, .cold = c, .delays = true, .param = n,                       \
      .setup = ipc_setup_same, __VA_ARGS__ }

#define CROSS(n, c, ...)                                                                                                    \
    { .name = "ipc.cross.w" #n, .group = "ipc", .op = "ipc_call + ipc_reply between two PDs, " #n "-word messages",        \
      .kind = KIND_ROUND_TRIP, .timed = timed, .empty = empty, .cold = c, .delays = true, .param = n,                       \
      .setup = ipc_setup_cross, __VA_ARGS__ }

static struct bench const ipc[] = {
    SAME  (1, true, .noise = true), SAME (8, false), SAME  (16, false),  SAME  (32, false),
    SAME  (64, true), SAME  (128, false), SAME  (256, false), SAME  (512, false),
    CROSS (1, true, .noise = true, .control = true), CROSS (8, false), CROSS (16, false),  CROSS (32, false),
    CROSS (64, true), CROSS (128, false), CROSS (256, false), CROSS (512, false),
};

BENCHES (ipc);
