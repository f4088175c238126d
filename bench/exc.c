/* SPDX-License-Identifier: GPL-2.0-only */
/* Exceptions: delivery to a portal, and the reply that lets the program go on. */
#include <abi/event_arch.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

static bool setup (struct bench_run *run)
{
    uint64_t ec;
    uint64_t const pt = run->self->evt + EXC_UD;

    if (!server_create (run, &ec, sel_root_pd(), 0))
        return false;

    TRY (run, sel_revoke (pt, 0));                      /* the driver's portal for what must not happen         */
    TRY (run, hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) server_skip_ud2));
    TRY (run, hyp_ctrl_pt (pt, 0, MTD_RIP));

    return true;
}

TIMED (timed, "ud2");
TIMED (empty, "");

static struct bench const exc[] = {
    { .name = "exc.ud", .group = "exc", .op = "UD2 to portal to reply with MTD = RIP, server of 3 instructions",
      .timed = timed, .empty = empty, .cold = true, .setup = setup },
};

BENCHES (exc);
