/* SPDX-License-Identifier: GPL-2.0-only */
#include <hypercall.h>
#include <mem.h>
#include <portal.h>
#include <root.h>
#include <thread.h>

enum { CPUS = 256 };

static struct thread * startup_server[CPUS];            /* one local EC per CPU serves the startup events       */

static enum status create (struct thread *t, unsigned flags, unsigned cpu)
{
    uintptr_t const utcb = mem_window (1, 0);
    uint8_t *const stack = mem_alloc (THREAD_STACK, NULL);

    if (!utcb || !stack)
        return STATUS_MEM_OBJ;

    *t = (struct thread) { .ec = sel_alloc (0), .evt = sel_alloc (THREAD_EVENT_ORD), .cpu = cpu, .utcb = (union utcb *) utcb,
                           .stack_top = (uintptr_t) stack + THREAD_STACK };

    return hyp_create_ec (flags, t->ec, sel_root_pd(), utcb >> 12, cpu, t->stack_top, t->evt);
}

enum status thread_create_local (struct thread *t, unsigned flags, unsigned cpu) { return create (t, flags, cpu); }

static void run (void *arg)
{
    struct thread *const t = arg;

    t->fn (t->arg);

    uint64_t const sm = t->evt + (1 << THREAD_EVENT_ORD) - 1;

    for (hyp_create_sm (sm, sel_root_pd(), 0); ; hyp_sm_down (sm, 0)) ;
}

static uint32_t startup (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct thread *const t = p->arg;

    (void) mtd;

    return thread_continue (u, run, t, t->stack_top);
}

enum status thread_create_global (struct thread *t, unsigned flags, unsigned cpu, thread_fn *fn, void *arg)
{
    if (cpu >= CPUS)
        return STATUS_BAD_CPU;

    if (!startup_server[cpu]) {

        struct thread *const s = mem_alloc (sizeof (*s), NULL);
        if (!s)
            return STATUS_MEM_OBJ;

        enum status const status = thread_create_local (s, 0, cpu);
        if (status != STATUS_SUCCESS)
            return status;

        startup_server[cpu] = s;
    }

    enum status const status = create (t, flags | FLAG_EC_GLOBAL, cpu);
    if (status != STATUS_SUCCESS)
        return status;

    t->fn  = fn;
    t->arg = arg;

    struct portal *const p = mem_alloc (sizeof (*p), NULL);

    return p ? portal_create (p, t->evt + root.hip->sel_hst_arch, startup_server[cpu], startup, t, 0) : STATUS_MEM_OBJ;
}

enum status thread_start (struct thread *t, uint64_t scd)
{
    t->sc = sel_alloc (0);

    return hyp_create_sc (t->sc, sel_root_pd(), t->ec, scd);
}
