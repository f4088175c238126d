/* SPDX-License-Identifier: GPL-2.0-only */
#include <hypercall.h>
#include <portal.h>
#include <root.h>

uint32_t portal_dispatch (struct portal *p, uint32_t mtd) { return p->fn (p, p->server->utcb, mtd); }

enum status portal_create (struct portal *p, uint64_t sel, struct thread *server, portal_fn *fn, void *arg, uint32_t mtd)
{
    *p = (struct portal) { .sel = sel ? sel : sel_alloc (0), .server = server, .fn = fn, .arg = arg };

    enum status const status = hyp_create_pt (p->sel, sel_root_pd(), server->ec, (uintptr_t) portal_entry);

    return status == STATUS_SUCCESS ? hyp_ctrl_pt (p->sel, (uintptr_t) p, mtd) : status;
}
