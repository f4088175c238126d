/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Exits of guests: the place for them. It is found out whether CPU and kernel can have one: guest space and virtual CPU are made. What
 * runs in it is to come; README.md has the table.
 */
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>

static bool setup (struct bench_run *run)
{
    static enum status space, vcpu;
    static bool asked;
    struct child c;

    if (!asked) {

        if (!child_create (run, &c))
            return false;

        uint64_t const ec = sel_alloc (0);

        space = hyp_create_pd (CREATE_GST, sel_alloc (0), c.pd);

        /* Where MSRs have a space, a virtual CPU wants one; elsewhere BAD_FTR */
        hyp_create_pd (CREATE_MSR, sel_alloc (0), c.pd);

        vcpu  = hyp_create_ec (FLAG_EC_GUEST, ec, c.pd, mem_window (1, 0) >> 12, run->self->cpu, 0, 0);
        asked = true;

        if (vcpu == STATUS_SUCCESS)
            TRY (run, sel_revoke (ec, 0));
    }

    if (vcpu == STATUS_SUCCESS)
        return bench_skip (run, "virtual CPUs can be made (features %#lx); this suite has no guest yet", root.hip->features);

    return bench_skip (run, "no virtual CPU: guest space %s, EC %s, features %#lx", status_name (space), status_name (vcpu),
                       root.hip->features);
}

#define EXIT(what, text) { .name = "vm." what, .group = "vm", .op = text, .kind = KIND_ROUND_TRIP, .setup = setup }

static struct bench const guest[] = {
    EXIT ("exit.call",  "VMCALL, VMMCALL or HVC of a guest to its portal and back"),
    EXIT ("exit.fault", "access of a guest to memory that is not there, to its portal and back"),
    EXIT ("exit.timer", "interrupt of the host's timer in a guest, which goes on: no portal"),
};

BENCHES (guest);
