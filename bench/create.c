/* SPDX-License-Identifier: GPL-2.0-only */
/* Creation of kernel objects. Few iterations, because NOVA never gives the memory of an object back. */
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { ITERATIONS = 200 };

static uint64_t sel;                                    /* of each object: destroyed before the next is created */
static uint64_t ec;                                     /* portals get bound to it                              */

static bool setup (struct bench_run *run, unsigned hypercall)
{
    if (!ec && !server_create (run, &ec, sel_root_pd(), 0))
        return false;

    if (!sel)
        sel = sel_alloc (0);

    run->regs = (struct hyp_regs) { .p0 = hyp_id (hypercall, 0) | abi_put_create_sm_sel (sel), .p1 = sel_root_pd() };

    return true;
}

static bool setup_sm (struct bench_run *run) { return setup (run, HYPERCALL_create_sm); }

static bool setup_pt (struct bench_run *run)
{
    bool const ok = setup (run, HYPERCALL_create_pt);

    run->regs.p2 = ec;
    run->regs.p3 = (uintptr_t) server_reply;

    return ok;
}

static bool setup_ec (struct bench_run *run) { return setup (run, HYPERCALL_create_ec); }

/* The UTCB of a destroyed EC may stay where it was, so that each EC gets a page of its own */
static bool before_ec (struct bench_run *run, struct hyp_regs *r)
{
    uintptr_t const utcb = mem_window (1, 0);

    r->p2 = abi_put_create_ec_hvp (utcb >> 12) | abi_put_create_ec_cpu (run->self->cpu);

    return utcb || bench_fail (run, "no virtual addresses left");
}

static bool destroy (struct bench_run *run, struct hyp_regs const *r)
{
    (void) r;

    TRY (run, sel_revoke (sel, 0));

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

static struct bench const create[] = {
    { .name = "create.sm", .group = "create", .op = "create_sm", .timed = timed, .empty = empty, .iterations = ITERATIONS,
      .control = true, .setup = setup_sm, .after = destroy },
    { .name = "create.pt", .group = "create", .op = "create_pt", .timed = timed, .empty = empty, .iterations = ITERATIONS,
      .setup = setup_pt, .after = destroy },
    { .name = "create.ec", .group = "create", .op = "create_ec, local", .timed = timed, .empty = empty, .iterations = ITERATIONS,
      .setup = setup_ec, .before = before_ec, .after = destroy },
};

BENCHES (create);
