/* SPDX-License-Identifier: GPL-2.0-only */
/* Round trips between a caller and a server of two instructions, in one PD and in two. */
#include <ipc.h>

#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

struct ipc_server {
    bool        ready;
    uint64_t    reply, invert;                          /* portals                                              */
};

static struct ipc_server same, cross;

static bool ipc_server_create (struct bench_run *run, struct ipc_server *s, uint64_t pd)
{
    uint64_t ec;

    if (!server_create (run, &ec, pd, 0))
        return false;

    s->reply  = sel_alloc (0);
    s->invert = sel_alloc (0);

    TRY (run, hyp_create_pt (s->reply,  sel_root_pd(), ec, (uintptr_t) server_reply));
    TRY (run, hyp_create_pt (s->invert, sel_root_pd(), ec, (uintptr_t) server_invert));

    return s->ready = true;
}

/* The message must reach the server and come back, words beyond it must stay: else the figures mean nothing */
static bool check_transfer (struct bench_run *run, struct ipc_server const *s, unsigned words)
{
    uint64_t volatile *const w = run->self->utcb->word;
    uint32_t mtd = mtd_words (words);

    for (unsigned i = 0; i < UTCB_WORDS; i++)
        w[i] = UINT64_C (0x0123456789abcdef) * (i + 1);

    TRY (run, hyp_ipc_call (s->invert, &mtd));

    if (mtd != mtd_words (words))
        return bench_fail (run, "reply has MTD %#x", mtd);

    for (unsigned i = 0; i < UTCB_WORDS; i++) {
        uint64_t const sent = UINT64_C (0x0123456789abcdef) * (i + 1);
        if (w[i] != (i < words ? ~sent : sent))
            return bench_fail (run, "word %u was not transferred right", i);
    }

    return true;
}

static bool setup (struct bench_run *run, struct ipc_server *s)
{
    unsigned const words = run->bench->param;

    run->regs = (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ipc_call, 0) | abi_put_ipc_call_pt (s->reply),
                                    .p1 = mtd_words (words) };

    return check_transfer (run, s, words);
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

#define SAME(n, c)                                                                                                          \
    { .name = "ipc.same.w" #n, .group = "ipc", .op = "ipc_call + ipc_reply in one PD, " #n "-word messages",               \
      .timed = timed, .empty = empty, .cold = c, .param = n, .setup = ipc_setup_same }

#define CROSS(n, c)                                                                                                         \
    { .name = "ipc.cross.w" #n, .group = "ipc", .op = "ipc_call + ipc_reply between two PDs, " #n "-word messages",        \
      .timed = timed, .empty = empty, .cold = c, .param = n, .setup = ipc_setup_cross }

static struct bench const ipc[] = {
    SAME  (1, true),  SAME  (8, false), SAME  (16, false),  SAME  (32, false),
    SAME  (64, true), SAME  (128, false), SAME  (256, false), SAME  (512, false),
    CROSS (1, true),  CROSS (8, false), CROSS (16, false),  CROSS (32, false),
    CROSS (64, true), CROSS (128, false), CROSS (256, false), CROSS (512, false),
};

BENCHES (ipc);
