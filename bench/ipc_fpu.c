/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Round trips of ECs that use the FPU: what it costs that the registers follow their owners. One instruction that uses it is in each
 * round; the caller's is overhead, the server's is not.
 */
#include <ipc.h>

#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { CALLER = 1 << 0, SERVER = 1 << 1 };

static bool setup (struct bench_run *run)
{
    static uint64_t idle, user, invert;                 /* portals: the server leaves the FPU alone, or uses it */
    uint64_t ec;

    if (!invert) {

        uint64_t const sel = sel_alloc (2);

        if (!server_create_on (run, &ec, sel_root_pd(), 0, FLAG_EC_FPU, run->self->cpu))
            return false;

        TRY (run, hyp_create_pt (idle = sel, sel_root_pd(), ec, (uintptr_t) server_reply));
        TRY (run, hyp_create_pt (user = sel + 1, sel_root_pd(), ec, (uintptr_t) server_fpu));
        TRY (run, hyp_create_pt (sel + 2, sel_root_pd(), ec, (uintptr_t) server_invert));

        invert = sel + 2;
    }

    return ipc_setup (run, run->bench->param & SERVER ? user : idle, invert, 1);
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");
TIMED (timed_fpu, ABI_TRAP "; " INSN_FPU);
TIMED (empty_fpu, INSN_FPU);

static struct bench const ipc_fpu[] = {
    { .name = "ipc.fpu.caller", .group = "ipc", .op = "ipc_call + ipc_reply in one PD, then the caller uses the FPU",
      .kind = KIND_ROUND_TRIP, .fpu = true, .timed = timed_fpu, .empty = empty_fpu, .param = CALLER, .setup = setup },
    { .name = "ipc.fpu.server", .group = "ipc", .op = "ipc_call + ipc_reply in one PD, the server uses the FPU, the caller does not",
      .kind = KIND_ROUND_TRIP, .fpu = true, .timed = timed, .empty = empty, .param = SERVER, .setup = setup },
    { .name = "ipc.fpu.both", .group = "ipc", .op = "ipc_call + ipc_reply in one PD, the server uses the FPU, then the caller does",
      .kind = KIND_ROUND_TRIP, .fpu = true, .timed = timed_fpu, .empty = empty_fpu, .param = CALLER | SERVER, .setup = setup },
};

BENCHES (ipc_fpu);
