/* SPDX-License-Identifier: GPL-2.0-only */
/* A portal whose EC is on another CPU: the call is refused. */
#include <ipc.h>

#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

static bool setup (struct bench_run *run)
{
    uint64_t const pt = sel_alloc (0);
    uint64_t ec;

    if (!server_create_on (run, &ec, sel_root_pd(), 0, 0, (run->self->cpu + 1) % root.hip->cpu_num))
        return false;

    run->regs   = (struct hyp_regs) { .p0 = ipc_call_id (pt) };
    run->expect = STATUS_BAD_CPU;

    TRY (run, hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) server_reply));

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

static struct bench const ipc_remote[] = {
    { .name = "ipc.remote", .group = "ipc", .op = "ipc_call of a portal whose EC is on another CPU: BAD_CPU", .cpus = 2, .timed = timed,
      .empty = empty, .setup = setup },
};

BENCHES (ipc_remote);
