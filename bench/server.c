/* SPDX-License-Identifier: GPL-2.0-only */
#include <mem.h>
#include <panic.h>
#include <root.h>
#include <server.h>

bool child_create (struct bench_run *run, struct child *c)
{
    uint64_t const page = (uintptr_t) server_page >> 12;

    *c = (struct child) { .pd = sel_alloc (0), .obj = sel_alloc (0), .hst = sel_alloc (0), .pio = sel_alloc (0) };

    TRY (run, hyp_create_pd (CREATE_PD,  c->pd,  sel_root_pd()));
    TRY (run, hyp_create_pd (CREATE_OBJ, c->obj, c->pd));
    TRY (run, hyp_create_pd (CREATE_HST, c->hst, c->pd));

    enum status const status = hyp_create_pd (CREATE_PIO, c->pio, c->pd);

    if (status != STATUS_BAD_FTR)                       /* no ports, and no EC needs a space for them           */
        TRY (run, status);

    TRY (run, hyp_ctrl_pd (SEL_ROOT_HST, c->hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0));

    return true;
}

uintptr_t server_create_on (struct bench_run *run, uint64_t *ec, uint64_t pd, uint64_t evt, unsigned flags, unsigned cpu)
{
    uintptr_t const utcb = mem_window (1, 0);

    *ec = sel_alloc (0);

    TRY (run, hyp_create_ec (flags, *ec, pd, utcb >> 12, cpu, utcb, evt));

    return utcb;
}

bool server_create (struct bench_run *run, uint64_t *ec, uint64_t pd, uint64_t evt)
{
    return server_create_on (run, ec, pd, evt, 0, run->self->cpu);
}
