/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions: delivery to a portal, and the reply that lets the program go on. */
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

static bool setup (struct bench_run *run)
{
    uint64_t ec;
    uint64_t const pt = run->self->evt + EVENT_UNDEFINED;

    if (!server_create (run, &ec, sel_root_pd(), 0))
        return false;

    TRY (run, sel_revoke (pt, 0));                      /* the driver's portal for what must not happen         */
    TRY (run, hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) server_skip));
    TRY (run, hyp_ctrl_pt (pt, 0, MTD_CONTINUE));

    return true;
}

TIMED (timed, INSN_UNDEFINED);
TIMED (empty, "");

static struct bench const exc[] = {
    { .name = "exc.ud", .group = "exc", .op = TEXT_UNDEFINED, .timed = timed, .empty = empty, .cold = true, .setup = setup },
};

BENCHES (exc);
