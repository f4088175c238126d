/* SPDX-License-Identifier: GPL-2.0-only */
/* Threads of tests: guarded by portals for all exceptions, and by one for recalls through which they can be killed. */
#include <console.h>
#include <fault.h>
#include <help.h>
#include <mem.h>
#include <panic.h>
#include <probe.h>

enum { CPUS = 64, EVENTS = EVENT_HST_ARCH, EVENT_ORD = __builtin_ctz (EVENT_HST_ARCH), LIST = 128 };

static struct guard {
    struct thread   server;
    struct portal   exception[EVENTS], recall;
    uint64_t        base;                               /* selectors of those portals                           */
    bool            ready;
} guard[CPUS];

static struct thread *list[LIST];                       /* global threads of the current test                   */
static unsigned listed;
static bool volatile reaping;

static struct fault last;

static uint32_t exception (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct guard const *const g = p->arg;
    unsigned const vector = (unsigned) (p->sel - g->base);

    (void) mtd;

    if (probe_recover (u, vector))
        return MTD_IP;

    fault_read (u, &last);
    last.vector = vector;

    test_faulted = true;
    hyp_sm_up (test_over);

    return MTD_POISON;
}

static uint32_t recall (struct portal *p, union utcb *u, uint32_t mtd)
{
    (void) p, (void) u, (void) mtd;

    return reaping ? MTD_POISON : 0;
}

static struct guard *guard_on (unsigned cpu)
{
    struct guard *const g = guard + cpu;

    if (cpu < CPUS && !g->ready) {

        MUST (thread_create_local (&g->server, 0, cpu));
        g->base = sel_alloc (EVENT_ORD);

        for (unsigned i = 0; i < EVENTS; i++)
            MUST (portal_create (g->exception + i, g->base + i, &g->server, exception, g, fault_mtd));

        MUST (portal_create (&g->recall, 0, &g->server, recall, g, 0));
        g->ready = true;
    }

    return g;
}

bool guard_watch (struct thread const *t)
{
    struct guard const *const g = guard_on (t->cpu);

    return hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), g->base, t->evt, EVENT_ORD, PERM_MASK, 0) == STATUS_SUCCESS &&
           hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), g->recall.sel, t->evt + EVENT_HST_ARCH + EVENT_RECALL, 0, PERM_MASK, 0)
           == STATUS_SUCCESS;
}

static struct thread *thread_new (void)
{
    struct thread *const t = mem_alloc (sizeof (*t), NULL);

    if (!t)
        panic ("no memory");

    return t;
}

struct thread *local_on (unsigned cpu, unsigned flags)
{
    struct thread *const t = thread_new();

    NEED (thread_create_local (t, flags, cpu));
    need (guard_watch (t), "event portals of a local EC");

    return t;
}

struct thread *local_new (unsigned flags) { return local_on (root.hip->cpu_bsp, flags); }

struct thread *global_on (unsigned cpu, unsigned flags, thread_fn *fn, void *arg)
{
    struct thread *const t = thread_new();

    NEED (thread_create_global (t, flags, cpu, fn, arg));
    need (guard_watch (t), "event portals of a global EC");

    if (listed < LIST)
        list[listed++] = t;

    return t;
}

struct thread *global_new (unsigned flags, thread_fn *fn, void *arg) { return global_on (root.hip->cpu_bsp, flags, fn, arg); }

struct thread *spawn_on (unsigned cpu, unsigned prio, thread_fn *fn, void *arg)
{
    struct thread *const t = global_on (cpu, 0, fn, arg);

    NEED (thread_start (t, hyp_scd (BUDGET_MS, prio, 0)));

    return t;
}

struct thread *spawn (unsigned prio, thread_fn *fn, void *arg) { return spawn_on (root.hip->cpu_bsp, prio, fn, arg); }

struct portal *portal_new (struct thread *server, portal_fn *fn, void *arg)
{
    struct portal *const p = mem_alloc (sizeof (*p), NULL);

    need (p, "memory");
    NEED (portal_create (p, 0, server, fn, arg, 0));

    return p;
}

struct portal *event_new (struct thread *t, unsigned vector, struct thread *server, portal_fn *fn, void *arg, uint32_t mtd)
{
    struct portal *const p = mem_alloc (sizeof (*p), NULL);

    need (p, "memory");
    NEED (sel_revoke (t->evt + vector, 0));
    NEED (portal_create (p, t->evt + vector, server, fn, arg, mtd));

    return p;
}

/* A blocked thread stays blocked, and would die when it is woken: but who would wake it? */
void threads_kill (void)
{
    reaping = true;

    for (unsigned i = 0; i < listed; i++) {
        guard_watch (list[i]);
        hyp_ctrl_ec (0, list[i]->ec);
    }

    listed = 0;

    /* All that run get to see it while this EC makes way */
    sleep_ms (2);

    reaping = false;
}

void fault_print (char const *test)
{
    console_printf ("# %s: exception %u at %#lx, error %#lx, address %#lx\n", test, last.vector, last.ip, last.error, last.address);
}
