/* SPDX-License-Identifier: GPL-2.0-only */
/* The pool of abuse.h. Nothing of it is ever given to the runtime's allocators, which give nothing back. */
#include <abuse.h>
#include <console.h>
#include <mem.h>
#include <record.h>
#include <server.h>
#include <tap.h>

enum { RAM_BLOCK = 2 << 20, SETTLE_MS = 3000, JOIN_MS = 5000 };

static uint64_t  sel_base, sel_used, sm_done;
static uintptr_t page_base;
static uint64_t  page_used, ram_base, ram_used, free_before;

static struct thread thread[POOL_THREADS];
static struct portal startup[POOL_THREADS], portal[POOL_PORTALS];
static uintptr_t stack[POOL_THREADS];
static unsigned  threads, portals;
static struct thread *starter[CPUS];                    /* serve startup events; there for ever                 */

bool volatile pool_stop;

uint64_t abuse_seed (void)
{
    uint64_t h = root_option_number ("seed", 1) * UINT64_C (0x9e3779b97f4a7c15);

    for (char const *s = tap.theme; *s; s++)
        h = (h ^ (uint8_t) *s) * UINT64_C (0x100000001b3);
    for (char const *s = tap.test; *s; s++)
        h = (h ^ (uint8_t) *s) * UINT64_C (0x100000001b3);

    return h ? h : 1;
}

uint64_t abuse_ms (void) { return root_option_number ("ms", 300); }

static void init (void)
{
    if (sel_base)
        return;

    sel_base  = root.hip->sel_num - (UINT64_C (2) << POOL_SEL_ORD);     /* where the runtime does not get to        */
    sm_done   = sm_new (0);
    page_base = mem_window (1 << POOL_PAGE_ORD, POOL_PAGE_ORD);
    need (page_base, "addresses");

    uint64_t phys;

    need (mem_alloc (2 * RAM_BLOCK, &phys), "memory");
    ram_base = (phys + RAM_BLOCK - 1) & ~(uint64_t) (RAM_BLOCK - 1);

    for (unsigned i = 0; i < POOL_THREADS; i++) {
        stack[i] = (uintptr_t) mem_alloc (THREAD_STACK, NULL);
        need (stack[i], "memory");
    }

    for (unsigned c = 0; c < root.hip->cpu_num && c < CPUS; c++)
        starter[c] = local_on (c, 0);
}

/* The leaves of the object space stay for ever once they are there: they are to be there before memory is counted */
static void touch (void)
{
    for (uint64_t s = sel_base; s < sel_base + (UINT64_C (1) << POOL_SEL_ORD); s += 256)
        NEED (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), sm_done, s, 0, PERM_SM_ALL, 0));
}

/* In one piece, so that its page tables go as well: a source in pieces would make it page by page */
enum { NOWHERE = 4 << POOL_PAGE_ORD };                  /* physical page: no RAM of the kernel there            */

static void clear (void)
{
    NEED (sel_revoke (sel_base, POOL_SEL_ORD));
    NEED (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, NOWHERE, page_base >> 12, POOL_PAGE_ORD, 0, MAD_RAM));

    sel_used = page_used = ram_used = 0;
    threads = portals = 0;
    pool_stop = false;

    while (hyp_sm_down (sm_done, 1) == STATUS_SUCCESS) ;
}

/* Until nothing waits for a grace period, or memory is as it was */
static void settle (uint64_t want)
{
    uint64_t const end = in_ms (SETTLE_MS);

    do
        sleep_ms (1);
    while (stc_read() < end && (record_memory_waiting() || (want && record_memory_free() != want)));
}

void pool_begin (void)
{
    static char const *told;

    init();
    need (record_find (RECORD_MEMORY), "a kernel that tells its free memory");

    if (told != tap.test) {
        told = tap.test;
        console_printf ("# %s.%s: seed=%lu\n", tap.theme, tap.test, root_option_number ("seed", 1));
    }

    touch();
    clear();
    settle (0);
    free_before = record_memory_free();
}

int64_t pool_recycle (void)
{
    pool_stop = true;
    clear();
    settle (free_before);

    return (int64_t) (free_before - record_memory_free());
}

void pool_end (void)
{
    check_eq ((uint64_t) pool_recycle(), 0, "all memory is back when the objects are gone");
    check_eq (record_memory_waiting(), 0, "and nothing is left to reclaim");
}

uint64_t pool_sel (unsigned ord)
{
    uint64_t const n = UINT64_C (1) << ord, at = (sel_used + n - 1) & ~(n - 1);

    need (at + n <= UINT64_C (1) << POOL_SEL_ORD, "selectors of the pool");
    sel_used = at + n;

    return sel_base + at;
}

uintptr_t pool_pages (unsigned ord)
{
    uint64_t const n = UINT64_C (1) << ord, at = (page_used + n - 1) & ~(n - 1);

    need (at + n <= UINT64_C (1) << POOL_PAGE_ORD, "addresses of the pool");
    page_used = at + n;

    return page_base + (at << 12);
}

uint64_t pool_ram (unsigned ord)
{
    uint64_t const n = UINT64_C (4096) << ord, at = (ram_used + n - 1) & ~(n - 1);

    need (at + n <= RAM_BLOCK, "memory of the pool");
    ram_used = at + n;

    return ram_base + at;
}

uint64_t pool_sm (uint64_t count)
{
    uint64_t const sel = pool_sel (0);

    NEED (hyp_create_sm (sel, sel_root_pd(), count));

    return sel;
}

void pool_domain (struct domain *d)
{
    *d = (struct domain) { .pd = pool_sel (0), .obj = pool_sel (0), .hst = pool_sel (0), .pio = pool_sel (0) };

    NEED (hyp_create_pd (CREATE_PD,  d->pd,  sel_root_pd()));
    NEED (hyp_create_pd (CREATE_OBJ, d->obj, d->pd));
    NEED (hyp_create_pd (CREATE_HST, d->hst, d->pd));
    NEED (pio_new (d->pio, d->pd));
}

enum status pool_clear (uint64_t obj)
{
    uint64_t const half = root.hip->sel_num / 2;
    unsigned const ord = (unsigned) __builtin_ctzll (half);
    enum status const s = hyp_ctrl_pd (sel_root_obj(), obj, 0, 0, ord, 0, 0);

    return s == STATUS_SUCCESS ? hyp_ctrl_pd (sel_root_obj(), obj, half, half, ord, 0, 0) : s;
}

uint64_t pool_bare (uint64_t pd, unsigned cpu, uint64_t evt)
{
    uint64_t const ec = pool_sel (0);
    uintptr_t const utcb = pool_pages (0);

    NEED (hyp_create_ec (0, ec, pd, utcb >> 12, cpu, utcb, evt));

    return ec;
}

struct thread *pool_server (uint64_t pd, unsigned flags, unsigned cpu)
{
    need (threads < POOL_THREADS, "threads of the pool");

    struct thread *const t = thread + threads;
    uintptr_t const utcb = pool_pages (0);

    *t = (struct thread) { .ec = pool_sel (0), .evt = pool_sel (THREAD_EVENT_ORD), .cpu = cpu, .utcb = (union utcb *) utcb,
                           .stack_top = stack[threads] + THREAD_STACK };
    NEED (hyp_create_ec (flags, t->ec, pd, utcb >> 12, cpu, t->stack_top, t->evt));
    threads++;

    return t;
}

static struct thread *create (unsigned flags, unsigned cpu)
{
    struct thread *const t = pool_server (sel_root_pd(), flags, cpu);

    need (guard_watch (t), "event portals");

    return t;
}

struct thread *pool_local (unsigned cpu) { return create (0, cpu); }

static void run (void *arg)
{
    struct thread const *const t = arg;

    for (t->fn (t->arg); ; hyp_sm_down (test_never, 0)) ;
}

static uint32_t start (struct portal *p, union utcb *u, uint32_t mtd)
{
    struct thread *const t = p->arg;

    (void) mtd;

    return thread_continue (u, run, t, t->stack_top);
}

struct thread *pool_global (unsigned cpu, thread_fn *fn, void *arg)
{
    unsigned const i = threads;
    struct thread *const t = create (FLAG_EC_GLOBAL, cpu);

    t->fn  = fn;
    t->arg = arg;
    NEED (portal_create (startup + i, t->evt + EVENT_HST_ARCH + EVENT_STARTUP, starter[cpu], start, t, 0));

    return t;
}

struct thread *pool_spawn (unsigned cpu, unsigned prio, thread_fn *fn, void *arg)
{
    struct thread *const t = pool_global (cpu, fn, arg);

    t->sc = pool_sel (0);
    NEED (hyp_create_sc (t->sc, sel_root_pd(), t->ec, hyp_scd (2, prio, 0)));

    return t;
}

struct portal *pool_portal (uint64_t sel, struct thread *server, portal_fn *fn, void *arg, uint32_t mtd)
{
    need (portals < POOL_PORTALS, "portals of the pool");

    struct portal *const p = portal + portals++;

    NEED (portal_create (p, sel ? sel : pool_sel (0), server, fn, arg, mtd));

    return p;
}

/* An SC leaves its CPU's queues when it retires, which is before nothing waits any more */
void pool_halt (void)
{
    pool_stop = true;

    for (unsigned i = 0; i < threads; i++)
        if (thread[i].sc)
            NEED (sel_revoke (thread[i].sc, 0));

    settle (0);
}

void pool_done (void) { hyp_sm_up (sm_done); }

bool pool_join (unsigned n)
{
    uint64_t const end = in_ms (JOIN_MS);

    for (pool_stop = true; n; n--)
        if (hyp_sm_down (sm_done, end) != STATUS_SUCCESS)
            return false;

    return true;
}
