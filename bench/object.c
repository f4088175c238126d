/* SPDX-License-Identifier: GPL-2.0-only */
#include <object.h>

#include <cpu_pause.h>
#include <panic.h>
#include <record.h>
#include <root.h>
#include <server.h>
#include <stc.h>
#include <timed.h>

enum { PRIO_LOWEST = 1 };

static struct { unsigned hypercall, flags; enum object parent; } const kind[] = {
    [OBJECT_PD]        = { HYPERCALL_create_pd, CREATE_PD,      OBJECT_NONE },
    [OBJECT_OBJ]       = { HYPERCALL_create_pd, CREATE_OBJ,     OBJECT_PD },
    [OBJECT_HST]       = { HYPERCALL_create_pd, CREATE_HST,     OBJECT_PD },
    [OBJECT_PIO]       = { HYPERCALL_create_pd, CREATE_PIO,     OBJECT_PD },
    [OBJECT_EC]        = { HYPERCALL_create_ec, 0,              OBJECT_NONE },
    [OBJECT_EC_FPU]    = { HYPERCALL_create_ec, FLAG_EC_FPU,    OBJECT_NONE },
    [OBJECT_EC_GLOBAL] = { HYPERCALL_create_ec, FLAG_EC_GLOBAL, OBJECT_NONE },
    [OBJECT_SC]        = { HYPERCALL_create_sc, 0,              OBJECT_EC_GLOBAL },
    [OBJECT_PT]        = { HYPERCALL_create_pt, 0,              OBJECT_NONE },
    [OBJECT_SM]        = { HYPERCALL_create_sm, 0,              OBJECT_NONE },
};

static uint64_t ec, evt, never;                         /* EC of portals; events of global ECs; what they wait for */
static unsigned cpu;

static bool setup_common (struct bench_run *run)
{
    uint64_t const sm = sel_alloc (0), base = sel_alloc (THREAD_EVENT_ORD), startup = base + root.hip->sel_hst_arch + EVENT_STARTUP;
    uint64_t server;

    if (!server_create (run, &server, sel_root_pd(), 0))
        return false;

    TRY (run, hyp_create_sm (sm, sel_root_pd(), 0));
    TRY (run, hyp_create_pt (startup, sel_root_pd(), server, (uintptr_t) server_start));
    TRY (run, hyp_ctrl_pt (startup, 0, MTD_CONTINUE));

    never = hyp_id (HYPERCALL_ctrl_sm, FLAG_SM_DOWN) | abi_put_ctrl_sm_sm (sm);
    cpu   = run->self->cpu;
    evt   = base;
    ec    = server;

    return true;
}

/* Not every architecture has ports */
static bool setup_pio (struct bench_run *run)
{
    uint64_t const pd = sel_alloc (0);

    TRY (run, hyp_create_pd (CREATE_PD, pd, sel_root_pd()));

    enum status const status = hyp_create_pd (CREATE_PIO, sel_alloc (0), pd);

    return status == STATUS_SUCCESS || bench_skip (run, "no PIO space for a PD without spaces: %s", status_name (status));
}

bool object_setup (struct bench_run *run, enum object o)
{
    return (ec || setup_common (run)) && (o != OBJECT_PIO || setup_pio (run));
}

enum object object_parent (enum object o) { return kind[o].parent; }

struct hyp_regs object_regs (enum object o, uint64_t sel, uint64_t parent, uintptr_t utcb)
{
    struct hyp_regs r = { .p0 = hyp_id (kind[o].hypercall, kind[o].flags) | abi_put_create_sm_sel (sel), .p1 = sel_root_pd() };

    switch (kind[o].hypercall) {

        case HYPERCALL_create_pd:
            r.p1 = kind[o].parent == OBJECT_NONE ? sel_root_pd() : parent;
            break;

        case HYPERCALL_create_ec:
            r.p2 = abi_put_create_ec_hvp (utcb >> 12) | abi_put_create_ec_cpu (cpu);
            r.p3 = never;
            r.p4 = evt;
            break;

        case HYPERCALL_create_sc:
            r.p2 = parent;
            r.p3 = hyp_scd (BUDGET_MS, PRIO_LOWEST, 0);
            break;

        case HYPERCALL_create_pt:
            r.p2 = ec;
            r.p3 = (uintptr_t) server_reply;
            break;
    }

    return r;
}

bool object_settle (struct bench_run *run)
{
    uint64_t const end = stc_read() + root.hip->stc_freq;

    while (record_memory_waiting()) {

        if (stc_read() >= end)
            return bench_fail (run, "memory is not back after a second");

        hyp_raw ((struct hyp_regs) { .p0 = HYPERCALL_reserved });
        cpu_pause();
    }

    return true;
}
