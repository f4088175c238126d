/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Random hypercalls, from threads of the root task on all CPUs, and from a protection domain that has been given little. What
 * they make is used by random ECs. Nobody knows what each call should do; but it has one of the statuses that it may have, the
 * kernel lives, others go on, a confined domain changes nothing that it was not given, and all memory comes back.
 */
#include <abuse.h>
#include <console.h>
#include <entries.h>
#include <faults.h>
#include <format.h>
#include <fuzz.h>
#include <mem.h>
#include <panic.h>
#include <probe.h>
#include <regs.h>
#include <server.h>
#include <string.h>

enum { SELS = 64, PAGES = 64, GRAVES = 16, THREADS = 2, STEPS = 3000, ROUND_MS = 60, CANARY = 7 };

extern struct test_table const registry_end[];

static struct fuzz fuzz[CPUS * THREADS];

static uint64_t total[HYPERCALL_COUNT][FUZZ_STATUSES];

static void report (struct fuzz const *f, uint64_t *illegal)
{
    for (unsigned c = 0; c < HYPERCALL_COUNT; c++)
        for (unsigned s = 0; s < FUZZ_STATUSES; s++)
            total[c][s] += f->count[c][s];

    if (f->illegal && !*illegal)
        console_printf ("# hypercall %#lx %#lx %#lx %#lx %#lx: status %s, which it cannot have\n", f->bad_in.p0, f->bad_in.p1,
                        f->bad_in.p2, f->bad_in.p3, f->bad_in.p4, status_name (hyp_status (f->bad_out)));

    *illegal += f->illegal;
}

static unsigned kinds (void)
{
    unsigned n = 0;

    for (unsigned c = 0; c < HYPERCALL_COUNT; c++)
        for (unsigned s = 0; s < FUZZ_STATUSES; s++)
            n += total[c][s] != 0;

    return n;
}

static uint64_t steps (void)
{
    uint64_t n = 0;

    for (unsigned c = 0; c < HYPERCALL_COUNT; c++)
        for (unsigned s = 0; s < FUZZ_STATUSES; s++)
            n += total[c][s];

    return n;
}

static void told (void)
{
    for (unsigned c = 0; c < HYPERCALL_COUNT; c++) {

        static char const *const name[HYPERCALL_COUNT] = {
#define X(number, name) #name,
            ABI_HYPERCALLS (X)
#undef X
            "0xf",
        };
        char line[160] = "";

        for (unsigned s = 0; s < FUZZ_STATUSES; s++)
            if (total[c][s])
                format (line + strlen (line), sizeof (line) - strlen (line), " %s %lu", status_name ((enum status) s),
                        total[c][s]);

        if (line[0])
            console_printf ("# %s:%s\n", name[c], line);
    }
}

static void body (void *arg)
{
    struct fuzz *const f = arg;

    for (unsigned i = 0; i < STEPS && !pool_stop; i++)
        fuzz_step (f);

    pool_done();
}

/* A round: fresh objects, all gone at its end. Threads that are stuck in a call are taken away with the rest. */
static void round_of_root (uint64_t *rng, uint64_t *illegal)
{
    unsigned const most = POOL_THREADS / THREADS, cpus = root.hip->cpu_num < most ? root.hip->cpu_num : most;
    uint64_t const sel = pool_sel (6), irq = pool_sel (0), grave = pool_sel (9), sm = pool_sm (3), server = pool_sel (0);
    uintptr_t const page = pool_pages (6);

    entry_base = sel;
    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + 22, irq, 0, PERM_MASK, 0));
    NEED (hyp_create_pt (server, sel_root_pd(), pool_bare (sel_root_pd(), root.hip->cpu_bsp, 0), (uintptr_t) server_add));

    for (unsigned i = 0; i < cpus * THREADS; i++) {

        struct fuzz *const f = fuzz + i;

        *f = (struct fuzz) {
            .rng = rng_next (rng) | 1, .sel = sel, .sels = SELS, .page = page >> 12, .pages = PAGES, .obj = sel_root_obj(),
            .hst = SEL_ROOT_HST,
            .special = { sel_root_pd(), sel_root_obj(), SEL_ROOT_HST, SEL_NOVA_PIO, sm, server, SEL_NOVA_HST, irq },
            .grave = grave + i * GRAVES % 512, .graves = GRAVES, .frequency = root.hip->stc_freq, .sel_num = root.hip->sel_num,
            .ip = { (uintptr_t) entry_reply, (uintptr_t) entry_loop, (uintptr_t) server_tell, (uintptr_t) entry_raise },
            .cpus = root.hip->cpu_num,
        };

        pool_spawn (i % cpus, PRIO_LOW + 10 + i / cpus, body, f);
    }

    for (uint64_t const end = in_ms (ROUND_MS); stc_read() < end; )
        sleep_ms (1);

    pool_halt();                                        /* those in calls as well: nobody makes objects any more */

    for (unsigned i = 0; i < cpus * THREADS; i++)
        report (fuzz + i, illegal);
}

static bool bury (void)
{
    bool ok = true;

    /* Objects can hold themselves through the object space that they are in: it has to be cleared */
    for (unsigned i = 0; i < CPUS * THREADS; i++)
        for (unsigned g = 0; g < fuzz[i].graved; g++)
            ok &= hyp_ctrl_pd (sel_root_obj(), fuzz[i].grave + g, fuzz[i].sel, fuzz[i].sel, 8, 0, 0) == STATUS_SUCCESS;

    return ok;
}

static void by_root (void)
{
    uint64_t rng = abuse_seed(), illegal = 0, lost = 0;
    unsigned rounds = 0;
    bool ok = true;

    memset (total, 0, sizeof (total));

    for (uint64_t const end = in_ms (2 * abuse_ms()); stc_read() < end || rounds < 2; rounds++) {

        memset (fuzz, 0, sizeof (fuzz));
        pool_begin();

        uint64_t const state = rng;

        round_of_root (&rng, &illegal);

        /* The threads go first, then what they have made is cleared */
        ok &= bury();

        int64_t const diff = pool_recycle();

        if (diff) {
            lost++;
            console_printf ("# round %u, state %#lx: %ld pages lost\n", rounds, state, diff);
        }
    }

    told();
    check_ge (steps(), 500, "random hypercalls of the root task");
    check_ge (kinds(), 30, "with many a status");
    check_eq (illegal, 0, "and no hypercall had a status that it cannot have");
    check (ok, "the object spaces that they made can be cleared");
    check_eq (lost, 0, "all memory is back after each round");
}

/* The confined domain: code of the root task, one page of state, a stack; faults are set right from outside */
#define PLACE   UINT64_C (0x600000)                     /* pages                                                */
#define STATE   PLACE
#define UTCB    (PLACE + 16)
#define AREA    (PLACE + 64)

/* Selectors of the domain */
enum { SEL_PD = 0x200, SEL_OBJ, SEL_HST, SEL_PIO, SEL_SM, SEL_EC, SEL_PLAY = 0x400, SEL_EVT = 0x1000 };

static struct domain prison;
static uint64_t cell[CPUS];                             /* physical: state and stack                            */
static struct fuzz *inmate[CPUS];                       /* the state, as the root task sees it                  */
static unsigned volatile faults[CPUS];

static void confined (struct fuzz *f)
{
    for (;;)
        fuzz_step (f);
}

static void furnish (unsigned c)
{
    uint64_t const first = UINT64_C (0x10000000) >> 12, end = ((uintptr_t) registry_end + 4095) >> 12;

    for (uint64_t p = first; p < end; p++)
        hyp_ctrl_pd (SEL_ROOT_HST, prison.hst, p, p, 0, PERM_MEM_R | PERM_MEM_XU, 0);

    for (unsigned i = 0; i < 4; i++)
        hyp_ctrl_pd (SEL_NOVA_HST, prison.hst, (cell[c] >> 12) + i, STATE + c * 4 + i, 0, PERM_MEM_R | PERM_MEM_W, MAD_RAM);
}

/* Whatever it has done to its own memory: it begins again, with its state */
static uint32_t again (struct portal *p, union utcb *u, uint32_t mtd)
{
    unsigned const c = (unsigned) (uintptr_t) p->arg;

    (void) mtd;
    faults[c] = faults[c] + 1;
    furnish (c);
    memset (u->arch.gpr, 0, sizeof (u->arch.gpr));
    utcb_set_ip (&u->arch, (uintptr_t) confined);
    *utcb_reg (&u->arch, REG_P0) = (STATE + c * 4) << 12;
    *utcb_reg (&u->arch, REG_SP) = ((STATE + c * 4 + 4) << 12) - STACK_ENTRY;

    return faults[c] > 200 ? MTD_POISON : MTD_IP | MTD_GPRS;
}

static uint64_t events (unsigned c) { return SEL_EVT + ((uint64_t) c << THREAD_EVENT_ORD); }

static uint64_t scs;                                    /* selectors                                            */

static void imprison (unsigned c, uint64_t seed)
{
    uint64_t const ec = pool_sel (0), evt = pool_sel (THREAD_EVENT_ORD);
    struct thread *const guard = pool_local (c);
    struct fuzz *const f = inmate[c];

    memset (f, 0, 4096);
    *f = (struct fuzz) {
        .rng = seed | 1, .sel = SEL_PLAY, .sels = SELS,
        .special = { SEL_PD, SEL_OBJ, SEL_HST, SEL_PIO, SEL_SM, events (c), SEL_EC + c, events (c) + EVENT_NO_PAGE },
        .page = AREA, .pages = PAGES, .obj = SEL_OBJ, .hst = SEL_HST, .frequency = root.hip->stc_freq, .sel_num = root.hip->sel_num,
        .ip = { (uintptr_t) entry_reply, (uintptr_t) entry_raise, (uintptr_t) server_tell, (uintptr_t) entry_wait },
        .cpus = root.hip->cpu_num, .confined = true,
    };

    static unsigned const vector[] = { FAULT_VECTORS, EVENT_HST_ARCH + EVENT_STARTUP, EVENT_HST_ARCH + EVENT_RECALL };

    for (size_t i = 0; i < sizeof (vector) / sizeof (vector[0]); i++)
        pool_portal (evt + vector[i], guard, again, (void *) (uintptr_t) c, 0);

    faults[c] = 0;
    NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, evt, events (c), THREAD_EVENT_ORD, PERM_PT_CALL | PERM_PT_EVENT, 0));
    NEED (hyp_create_ec (FLAG_EC_GLOBAL, ec, prison.pd, UTCB + c, c, 0, events (c)));
    NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, ec, SEL_EC + c, 0, PERM_EC_BIND_PT | PERM_EC_BIND_SC, 0));
    NEED (hyp_create_sc (scs + c, sel_root_pd(), ec, hyp_scd (1, PRIO_LOW + 10, 0)));
}

static void by_child (void)
{
    enum { INMATES = 4 };                               /* 25 portals each: as many as the pool has             */
    uint64_t rng = abuse_seed(), illegal = 0, lost = 0, dead = 0, touched = 0, opened = 0;
    unsigned const cpus = root.hip->cpu_num < INMATES ? root.hip->cpu_num : INMATES;
    static uint64_t *canary_page;
    unsigned rounds = 0;

    memset (total, 0, sizeof (total));

    if (!canary_page) {
        canary_page = mem_alloc (4096, NULL);
        for (unsigned c = 0; c < INMATES; c++)
            inmate[c] = mem_alloc (4 * 4096, cell + c);
    }

    need (canary_page && inmate[INMATES - 1], "memory");

    for (unsigned i = 0; i < 512; i++)
        canary_page[i] = ~UINT64_C (0) / 0xff * 0x5a + i;

    for (uint64_t const end = in_ms (2 * abuse_ms()); stc_read() < end || rounds < 2; rounds++) {

        pool_begin();

        uint64_t const canary = pool_sm (CANARY), sm = pool_sm (3);

        pool_domain (&prison);
        scs = pool_sel (6);
        NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, prison.pd, SEL_PD, 0, PERM_PD_ALL & ~PERM_PD_PD, 0));
        NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, prison.obj, SEL_OBJ, 0, PERM_OBJ_ALL, 0));
        NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, prison.hst, SEL_HST, 0, PERM_HST_ALL, 0));
        NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, prison.pio, SEL_PIO, 0, PERM_PIO_ALL, 0));
        NEED (hyp_ctrl_pd (sel_root_obj(), prison.obj, sm, SEL_SM, 0, PERM_SM_UP | PERM_SM_DN, 0));

        for (unsigned c = 0; c < cpus; c++)
            imprison (c, rng_next (&rng));

        for (uint64_t const stop = in_ms (ROUND_MS); stc_read() < stop; )
            sleep_ms (1);

        NEED (sel_revoke (scs, 6));
        pool_halt();

        for (unsigned c = 0; c < cpus; c++) {
            dead += !inmate[c]->steps;
            report (inmate[c], &illegal);
        }

        for (unsigned i = 0; i < CANARY; i++)
            touched += hyp_sm_down (canary, 1) != STATUS_SUCCESS;
        touched += hyp_sm_down (canary, 1) != STATUS_TIMEOUT;

        for (unsigned i = 0; i < 512; i++)
            touched += canary_page[i] != ~UINT64_C (0) / 0xff * 0x5a + i;

        /* Its address space holds the pages that it was given, and no others: none of the canary */
        for (uint64_t p = AREA; p < AREA + PAGES; p++) {

            uintptr_t const at = pool_pages (0);
            uint64_t v = 0;

            if (hyp_ctrl_pd (prison.hst, SEL_ROOT_HST, p, at >> 12, 0, PERM_MEM_R, 0) == STATUS_SUCCESS && probe_read (at, &v))
                opened += v == canary_page[0];
        }

        /* Objects can hold themselves through the object space that they are in */
        NEED (pool_clear (prison.obj));

        int64_t const diff = pool_recycle();

        if (diff) {
            lost++;
            console_printf ("# round %u: %ld pages lost\n", rounds, diff);
        }
    }

    told();
    check_ge (steps(), 500, "random hypercalls of a confined domain");
    check_ge (kinds(), 20, "with many a status");
    check_eq (illegal, 0, "and no hypercall had a status that it cannot have");
    check_eq (dead, 0, "each of its threads made some");
    check_eq (touched, 0, "semaphore and memory that it was not given are as they were");
    check_eq (opened, 0, "and not mapped there");
    check_eq (lost, 0, "all memory is back after each round");
}

static struct test const test[] = { { "by_root", by_root }, { "by_child", by_child } };

TESTS_OF_SECONDS ("random", test, 300);
