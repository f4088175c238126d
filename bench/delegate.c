/* SPDX-License-Identifier: GPL-2.0-only */
/* Delegation of object capabilities into the object space of a child PD. */
#include <panic.h>
#include <root.h>
#include <server.h>
#include <timed.h>

enum { DST = 0x400, MAX_ORD = 4 };

static struct child child;
static uint64_t source;                                 /* 2^MAX_ORD semaphores                                 */

static bool setup (struct bench_run *run)
{
    unsigned const ord = run->bench->param;

    if (!source) {

        uint64_t const sel = sel_alloc (MAX_ORD);

        if (!child_create (run, &child))
            return false;

        for (unsigned i = 0; i < 1 << MAX_ORD; i++)
            TRY (run, hyp_create_sm (sel + i, sel_root_pd(), 0));

        source = sel;
    }

    run->regs = (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (sel_root_obj()), .p1 = child.obj,
                                    .p2 = abi_put_ctrl_pd_ssb (source) | abi_put_ctrl_pd_ord (ord),
                                    .p3 = abi_put_ctrl_pd_dsb (DST) | abi_put_ctrl_pd_pmm (PERM_MASK) };

    return true;
}

/* Untimed: the destination holds null capabilities again */
static bool revoke (struct bench_run *run, struct hyp_regs const *r)
{
    (void) r;

    TRY (run, hyp_ctrl_pd (sel_root_obj(), child.obj, source, DST, run->bench->param, 0, 0));

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

static struct bench const delegate[] = {
    { .name = "delegate.obj.o0", .group = "delegate", .op = "ctrl_pd of 1 object capability to null in another PD",
      .timed = timed, .empty = empty, .control = true, .param = 0, .setup = setup, .after = revoke },
    { .name = "delegate.obj.o4", .group = "delegate", .op = "ctrl_pd of 16 object capabilities to null in another PD",
      .timed = timed, .empty = empty, .param = 4, .setup = setup, .after = revoke },
    { .name = "delegate.obj.again", .group = "delegate", .op = "ctrl_pd of 1 object capability over the same one in another PD",
      .timed = timed, .empty = empty, .param = 0, .setup = setup },
};

BENCHES (delegate);
