/* SPDX-License-Identifier: GPL-2.0-only */
/* Nested calls: the first server calls the second one before it replies, and so on. All in one PD. doc/bench/ipc.md */
#include <ipc.h>

#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { DEPTH_MAX = 8, REPLY, INVERT, ENDS };

/* Portals of the server with so many others behind it: the last one replies, or inverts its message */
static uint64_t portal[DEPTH_MAX][ENDS];
static unsigned servers;

/* What a portal of server_hypercall does is in its PID: it calls the portal of the next server. */
static bool server_add (struct bench_run *run)
{
    static uintptr_t const end[ENDS] = { [REPLY] = (uintptr_t) server_reply, [INVERT] = (uintptr_t) server_invert };
    unsigned const n = servers;
    uint64_t ec;

    if (!server_create (run, &ec, sel_root_pd(), 0))
        return false;

    for (unsigned e = REPLY; e < ENDS; e++) {

        portal[n][e] = sel_alloc (0);

        TRY (run, hyp_create_pt (portal[n][e], sel_root_pd(), ec, n ? (uintptr_t) server_hypercall : end[e]));

        if (n)
            TRY (run, hyp_ctrl_pt (portal[n][e], ipc_call_id (portal[n - 1][e]), 0));
    }

    servers = n + 1;

    return true;
}

static bool setup (struct bench_run *run)
{
    unsigned const depth = run->bench->param;

    while (servers < depth)
        if (!server_add (run))
            return false;

    return ipc_setup (run, portal[depth - 1][REPLY], portal[depth - 1][INVERT], 1);
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define CHAIN(n)                                                                                                            \
    { .name = "ipc.chain." #n, .group = "ipc", .op = "ipc_call through " #n " servers in one PD, each of which calls the next one", \
      .kind = KIND_ROUND_TRIP, .timed = timed, .empty = empty, .param = n, .setup = setup }

static struct bench const ipc_chain[] = { CHAIN (2), CHAIN (4), CHAIN (8) };

BENCHES (ipc_chain);
