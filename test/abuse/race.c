/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two threads on each CPU do to the same few objects what they are not meant for: they create, delegate, call, up, down, recall,
 * map and destroy them, each in its own order. What one finds half-way is what another one is about to take away.
 */
#include <abuse.h>
#include <base/atomic.h>
#include <console.h>
#include <entries.h>
#include <panic.h>
#include <record.h>
#include <server.h>

enum { THREADS = 2, SLOTS = 8, OPS = 16 };

static struct racer {
    uint64_t    rng;
    unsigned    cpu;
    uint64_t    bad, bad_op, bad_status, ops[OPS], good[OPS];
} racer[POOL_THREADS];

/* Statuses that an operation may have */
#define S(name) (1u << STATUS_##name)
#define CREATE  (S (SUCCESS) | S (BAD_CAP) | S (ABORTED) | S (MEM_OBJ) | S (MEM_CAP))

static void note (struct racer *r, unsigned op, enum status s, unsigned legal)
{
    r->ops[op]++;
    r->good[op] += s == STATUS_SUCCESS;

    if (!(legal >> s & 1) && !r->bad++) {
        r->bad_op     = op;
        r->bad_status = s;
    }
}

static uint64_t slot;                                   /* SLOTS selectors of each kind: 64, aligned            */
static uint64_t evt;                                    /* for each CPU: portals for all events                 */
static uintptr_t page;                                  /* SLOTS pages                                          */
static struct domain domain[2];                         /* these stay                                           */
static uint64_t ram;

enum { PD, OBJ, HST, PIO, SM, EC, PT, SC, KINDS };

/* Where portals enter: the first ones just answer. The others call and recall each other, up and down semaphores and raise
 * exceptions, all by selectors from slot. */
enum { TAME = 2, WILD = 6 };

static void (* const entry[WILD]) (void) = { server_add, server_tell, entry_loop, entry_loop, entry_reply, entry_raise };
static unsigned entries;

static uint64_t events (unsigned cpu) { return evt + ((uint64_t) cpu << THREAD_EVENT_ORD); }
static uint64_t any_of (struct racer *r, unsigned kind) { return slot + kind * SLOTS + rng_below (&r->rng, SLOTS); }

static void race_step (struct racer *r)
{
    unsigned const op = rng_below (&r->rng, OPS), k = rng_below (&r->rng, SLOTS);
    uint64_t const end = stc_read() + rng_below (&r->rng, 50) * (root.hip->stc_freq >> 20);
    uintptr_t const u = page + ((uintptr_t) k << 12);
    unsigned const cpu = rng_below (&r->rng, root.hip->cpu_num);
    uint32_t mtd = 0;
    uint64_t stc;

    switch (op) {
        case 0:
            note (r, op, hyp_create_pd (CREATE_PD, any_of (r, PD), sel_root_pd()), CREATE);
            break;
        case 1: {
            unsigned const what = rng_below (&r->rng, HAS_PORTS ? 3 : 2), call = what == 2 ? CREATE_PIO : CREATE_OBJ + what;
            note (r, op, hyp_create_pd (call, any_of (r, OBJ + what), any_of (r, PD)), CREATE);
            break;
        }
        case 2:
            note (r, op, hyp_create_ec (0, any_of (r, EC), rng_below (&r->rng, 4) ? sel_root_pd() : any_of (r, PD), u >> 12,
                                        cpu, u, events (cpu)), CREATE);
            break;
        case 3:
            note (r, op, hyp_create_ec (FLAG_EC_GLOBAL, any_of (r, EC), sel_root_pd(), u >> 12, cpu, u, events (cpu)), CREATE);
            break;
        case 4:
            note (r, op, hyp_create_sc (any_of (r, SC), sel_root_pd(), any_of (r, EC), hyp_scd (1, 1 + k, 0)), CREATE);
            break;
        case 5:
            note (r, op, hyp_create_pt (any_of (r, PT), sel_root_pd(), any_of (r, EC),
                                        (uintptr_t) entry[rng_below (&r->rng, entries)]), CREATE);
            break;
        case 6:
            note (r, op, hyp_create_sm (any_of (r, SM), sel_root_pd(), k), CREATE);
            break;
        case 7:
            note (r, op, hyp_ipc_call_flags (k & 1 ? FLAG_CALL_TIMEOUT : 0, any_of (r, PT), &mtd),
                  S (SUCCESS) | S (BAD_CAP) | S (BAD_CPU) | S (ABORTED) | (k & 1 ? S (TIMEOUT) : 0));
            break;
        case 8:
            note (r, op, hyp_sm_up (any_of (r, SM)), S (SUCCESS) | S (BAD_CAP) | S (OVRFLOW));
            break;
        case 9:
            note (r, op, hyp_ctrl_sm (FLAG_SM_DOWN | (k & 1 ? FLAG_SM_ZERO : 0), any_of (r, SM), end),
                  S (SUCCESS) | S (BAD_CAP) | S (TIMEOUT) | S (ABORTED));
            break;
        case 10:
            note (r, op, hyp_ctrl_ec (k & 1 ? FLAG_RECALL_STRONG : 0, any_of (r, EC)), S (SUCCESS) | S (BAD_CAP));
            break;
        case 11:
            note (r, op, k & 1 ? hyp_ctrl_sc (any_of (r, SC), &stc) : hyp_ctrl_pt (any_of (r, PT), k, 0), S (SUCCESS) | S (BAD_CAP));
            break;
        case 12: {                                      /* destroys one, or a few                               */
            uint64_t const s = any_of (r, rng_below (&r->rng, KINDS));
            unsigned const ord = rng_below (&r->rng, 3);
            note (r, op, sel_revoke (s & ~((UINT64_C (1) << ord) - 1), ord), S (SUCCESS));
            break;
        }
        case 13: {                                      /* another capability for the same object               */
            unsigned const kind = rng_below (&r->rng, KINDS);
            uint64_t const from = any_of (r, kind), to = any_of (r, kind);
            note (r, op, hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), from, to, 0, PERM_MASK, 0), S (SUCCESS) | S (MEM_CAP));
            break;
        }
        case 14: {                                      /* memory: the kernel's, or from space to space, or away */
            uint64_t const dst = k & 1 ? any_of (r, HST) : domain[k >> 1 & 1].hst, at = 0x1000 + rng_below (&r->rng, 4) * 512;
            unsigned const ord = k & 4 ? 9 : 0, pmm = rng_below (&r->rng, 3) ? PERM_MEM_R | PERM_MEM_W : 0;
            uint64_t const src = rng_below (&r->rng, 2) ? SEL_NOVA_HST : domain[0].hst;
            note (r, op, hyp_ctrl_pd (src, dst, src == SEL_NOVA_HST ? ram >> 12 : at ^ 512, at, ord, pmm, 0),
                  S (SUCCESS) | S (BAD_CAP) | S (MEM_CAP));
            break;
        }
        case 15: {                                      /* capabilities and ports of spaces that come and go    */
            uint64_t const obj = k & 1 ? any_of (r, OBJ) : domain[0].obj, pio = k & 2 ? any_of (r, PIO) : domain[1].pio;
            unsigned const pmm = rng_below (&r->rng, 2) ? PERM_MASK : 0;
            enum status const s = HAS_PORTS && k & 4 ? hyp_ctrl_pd (SEL_NOVA_PIO, pio, k << 12, k << 12, 6, pmm, 0) :
                                  hyp_ctrl_pd (sel_root_obj(), obj, slot + SM * SLOTS, slot, 3, pmm, 0);
            note (r, op, s, S (SUCCESS) | S (BAD_CAP) | S (MEM_CAP));
            break;
        }
    }
}

static void racer_body (void *arg)
{
    struct racer *const r = arg;

    while (!pool_stop)
        race_step (r);

    pool_done();
}

/* meanwhile: what the worker does while they run, if not sleep */
static void run (thread_fn *fn, uint64_t *rng, unsigned per_cpu, void (*meanwhile) (uint64_t *rng))
{
    unsigned const most = POOL_THREADS / per_cpu, cpus = root.hip->cpu_num < most ? root.hip->cpu_num : most;

    for (unsigned i = 0; i < cpus * per_cpu; i++) {
        racer[i] = (struct racer) { .rng = rng_next (rng) | 1, .cpu = i % cpus };
        pool_spawn (i % cpus, PRIO_LOW + i / cpus, fn, racer + i);
    }

    if (meanwhile)
        meanwhile (rng);
    else
        sleep_ms (abuse_ms());

    /* Those that are in a call of a server that does not answer stay there */
    pool_join (0);
    sleep_ms (5);
    pool_halt();

    uint64_t bad = 0, ops = 0, good = 0, kinds = 0;

    for (unsigned op = 0; op < OPS; op++) {

        uint64_t of_op = 0;

        for (unsigned i = 0; i < cpus * per_cpu; i++) {
            ops   += racer[i].ops[op];
            of_op += racer[i].good[op];
        }

        good  += of_op;
        kinds += of_op != 0;
    }

    for (unsigned i = 0; i < cpus * per_cpu; i++) {
        bad += racer[i].bad;
        if (racer[i].bad)
            console_printf ("# thread %u: operation %lu: %s, which it cannot have\n", i, racer[i].bad_op,
                            status_name ((enum status) racer[i].bad_status));
    }

    console_printf ("# %lu operations by %u threads, %lu with SUCCESS, of %lu kinds\n", ops, cpus * per_cpu, good, kinds);
    check_ge (good, 10, "some operations succeed");
    check_eq (bad, 0, "and none has a status that it cannot have");
}

static void all_objects (void (*meanwhile) (uint64_t *rng))
{
    uint64_t rng = abuse_seed();

    pool_begin();
    slot = entry_base = pool_sel (6);
    evt  = pool_sel (6 + THREAD_EVENT_ORD);

    /* One handler on each CPU for the events of all the ECs there, startup included: it lets them go on at entry_loop */
    for (unsigned c = 0; c < root.hip->cpu_num && c < CPUS; c++) {

        uint64_t const handler = pool_bare (sel_root_pd(), c, 0);

        for (unsigned v = 0; entries == WILD && v <= EVENT_HST_ARCH + EVENT_RECALL; v++)
            NEED (hyp_create_pt (events (c) + v, sel_root_pd(), handler, (uintptr_t) entry_reply));
    }

    page = pool_pages (3);
    ram  = pool_ram (9);
    pool_domain (domain);
    pool_domain (domain + 1);
    run (racer_body, &rng, THREADS, meanwhile);
    NEED (pool_clear (domain[0].obj));
    pool_end();
}

static void objects (void)
{
    entries = TAME;
    all_objects (NULL);
}

/* Servers and threads that do things themselves may call each other in a circle, and hold up all who call them: some go at times */
static void clear_circles (uint64_t *rng)
{
    for (uint64_t const end = in_ms (abuse_ms()); stc_read() < end; sleep_ms (1))
        sel_revoke (slot + EC * SLOTS + rng_below (rng, 2) * SLOTS / 2, 2);
}

static void wild (void)
{
    entries = WILD;
    all_objects (clear_circles);
}

/* Nearly all memory is used up, by the page tables of a space that has a page in each 2 MiB; a few are given back, more or less */
static void starve (uint64_t *rng)
{
    uint64_t const pd = pool_sel (0), hst = pool_sel (0), first = UINT64_C (1) << 20, step = 512;

    for (uint64_t const end = in_ms (abuse_ms()); stc_read() < end; ) {

        uint64_t n = 0;

        if (hyp_create_pd (CREATE_PD, pd, sel_root_pd()) == STATUS_SUCCESS && hyp_create_pd (CREATE_HST, hst, pd) == STATUS_SUCCESS)
            while (hyp_ctrl_pd (SEL_NOVA_HST, hst, ram >> 12, first + n * step, 0, PERM_MEM_R, 0) == STATUS_SUCCESS)
                n++;

        sleep_ms (2);

        for (unsigned left = rng_below (rng, 30); left && n; left--)
            NEED (hyp_ctrl_pd (SEL_NOVA_HST, hst, first, first + --n * step, 9, 0, 0));

        sleep_ms (20);
        NEED (sel_revoke (pd, 0));
        NEED (sel_revoke (hst, 0));
    }
}

static void starved (void)
{
    entries = TAME;
    all_objects (starve);
}

/* Allocations fail now and then, whosever they are (debug kernels only) */
static void failures (uint64_t *rng)
{
    struct record_fail *const f = record_find (RECORD_FAIL);

    for (uint64_t const end = in_ms (abuse_ms()); stc_read() < end; sleep_ms (1)) {
        rlx_store (&f->skip, rng_below (rng, 30));
        rlx_store (&f->fail, 1 + rng_below (rng, 4));
        sel_revoke (slot + EC * SLOTS + rng_below (rng, 2) * SLOTS / 2, 2);
    }

    rlx_store (&f->fail, 0);
    rlx_store (&f->skip, 0);
}

static void failing (void)
{
    entries = WILD;

    if (record_find (RECORD_FAIL))
        all_objects (failures);
    else
        console_printf ("# race.failing: not a debug kernel\n");
}

/* ECs of all CPUs at the same two addresses: a UTCB that is there belongs to one that lives, or to nobody */
static void utcb_body (void *arg)
{
    struct racer *const r = arg;

    while (!pool_stop) {

        unsigned const k = rng_below (&r->rng, 2);
        uint64_t const s = slot + rng_below (&r->rng, 4);

        switch (rng_below (&r->rng, 4)) {
            case 0: note (r, 0, hyp_create_ec (0, s, sel_root_pd(), (page >> 12) + k, r->cpu, page, 0), CREATE); break;
            case 1: note (r, 1, sel_revoke (s, 0), S (SUCCESS)); break;
            case 2: note (r, 2, hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, ram >> 12, (page >> 12) + k, 0, PERM_MEM_R, 0),
                          S (SUCCESS) | S (MEM_CAP)); break;
            case 3: note (r, 3, hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, ram >> 12, page >> 12, 9, rng_below (&r->rng, 2), 0),
                          S (SUCCESS) | S (MEM_CAP)); break;
        }
    }

    pool_done();
}

static void utcbs (void)
{
    uint64_t rng = abuse_seed();

    pool_begin();
    slot = pool_sel (2);
    page = pool_pages (9);
    ram  = pool_ram (9);
    run (utcb_body, &rng, THREADS, NULL);
    pool_end();
}

/* A few semaphores with waiters everywhere, which are destroyed and made anew */
static void semaphore_body (void *arg)
{
    struct racer *const r = arg;

    while (!pool_stop) {

        uint64_t const s = slot + rng_below (&r->rng, 2);
        uint64_t const end = stc_read() + rng_below (&r->rng, 80) * (root.hip->stc_freq >> 20);

        switch (rng_below (&r->rng, 8)) {
            case 0: note (r, 0, sel_revoke (s, 0), S (SUCCESS)); break;
            case 1: note (r, 1, hyp_create_sm (s, sel_root_pd(), rng_below (&r->rng, 2)), CREATE); break;
            case 2: case 3: note (r, 2, hyp_sm_up (s), S (SUCCESS) | S (BAD_CAP)); break;
            default: note (r, 3, hyp_sm_down (s, end), S (SUCCESS) | S (BAD_CAP) | S (TIMEOUT) | S (ABORTED)); break;
        }
    }

    pool_done();
}

static void semaphores (void)
{
    uint64_t rng = abuse_seed();

    pool_begin();
    slot = pool_sel (1);
    run (semaphore_body, &rng, 4, NULL);
    pool_end();
}

static struct test const test[] = {
    { "objects", objects }, { "wild", wild }, { "starved", starved }, { "failing", failing }, { "utcbs", utcbs },
    { "semaphores", semaphores },
};

TESTS_OF_SECONDS ("race", test, 120);
