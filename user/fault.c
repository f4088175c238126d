/* SPDX-License-Identifier: GPL-2.0-only */
#include <fault.h>
#include <hypercall.h>
#include <mem.h>
#include <portal.h>
#include <root.h>

enum { EVENT_ORD = __builtin_ctz (EVENT_HST_ARCH), EVENTS = 1 << EVENT_ORD };

_Static_assert (1 << EVENT_ORD == (int) EVENT_HST_ARCH, "delegated in one piece");

static uint64_t base;                                   /* selectors of the portals                             */
static fault_fn *handler;

static uint32_t handle (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct fault f = { .vector = (unsigned) (p->sel - base) };

    (void) mtd;

    fault_read (u, &f);
    handler (&f);

    return MTD_POISON;
}

enum status fault_init (unsigned cpu, fault_fn *fn)
{
    unsigned const count = root.hip->sel_hst_arch < EVENTS ? root.hip->sel_hst_arch : EVENTS;
    struct thread *const server = mem_alloc (sizeof (*server), NULL);
    struct portal *const portal = mem_alloc (count * sizeof (*portal), NULL);

    if (!server || !portal)
        return STATUS_MEM_OBJ;

    enum status status = thread_create_local (server, 0, cpu);

    base    = sel_alloc (EVENT_ORD);
    handler = fn;

    for (unsigned i = 0; status == STATUS_SUCCESS && i < count; i++)
        status = portal_create (portal + i, base + i, server, handle, NULL, fault_mtd);

    return status;
}

enum status fault_watch (struct thread const *t)
{
    return hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), base, t->evt, EVENT_ORD, PERM_MASK, 0);
}
