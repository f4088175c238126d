/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>
#include <hva.h>
#include <mem.h>

uint64_t test_over, test_never;
bool volatile test_faulted, test_ended;

uint64_t sm_new (uint64_t count)
{
    uint64_t const sel = sel_alloc (0);

    NEED (hyp_create_sm (sel, sel_root_pd(), count));

    return sel;
}

uint64_t cap_with (uint64_t sel, unsigned pmm)
{
    uint64_t const copy = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), sel, copy, 0, pmm, 0));

    return copy;
}

/* Only into a null capability can an object be created */
bool cap_null (uint64_t sel)
{
    if (hyp_create_sm (sel, sel_root_pd(), 0) != STATUS_SUCCESS)
        return false;

    NEED (sel_revoke (sel, 0));

    return true;
}

uint64_t wrong_cap (void) { return sm_new (0); }

uint64_t beyond (uint64_t sel) { return sel + root.hip->sel_num; }

uint64_t time_factor = 1;

uint64_t in_ms (uint64_t ms) { return stc_read() + ms * time_factor * root.hip->stc_freq / 1000; }

void sleep_ms (uint64_t ms)
{
    hyp_sm_down (test_never, in_ms (ms));
}

enum status await (uint64_t sm) { return hyp_sm_down (sm, stc_read() + root.hip->stc_freq); }

enum status pio_new (uint64_t sel, uint64_t pd) { return HAS_PORTS ? hyp_create_pd (CREATE_PIO, sel, pd) : STATUS_SUCCESS; }

void domain_new (struct domain *d)
{
    *d = (struct domain) { .pd = sel_alloc (0), .obj = sel_alloc (0), .hst = sel_alloc (0), .pio = sel_alloc (0) };

    NEED (hyp_create_pd (CREATE_PD,  d->pd,  sel_root_pd()));
    NEED (hyp_create_pd (CREATE_OBJ, d->obj, d->pd));
    NEED (hyp_create_pd (CREATE_HST, d->hst, d->pd));
    NEED (pio_new (d->pio, d->pd));
}

unsigned order_max (void)
{
    unsigned ord = 31;

    while (UINT64_C (4096) << ord > hva_end())
        ord--;

    return ord;
}

uint64_t local_bare (uint64_t pd, uint64_t evt)
{
    uint64_t const ec = sel_alloc (0), utcb = mem_window (1, 0);

    NEED (hyp_create_ec (0, ec, pd, utcb >> 12, root.hip->cpu_bsp, utcb, evt));

    return ec;
}
