/* SPDX-License-Identifier: GPL-2.0-only */
/* A protection domain is torn down, again and again, while its portals are in use on all CPUs, and stands up again. */
#include <abuse.h>
#include <entries.h>
#include <server.h>

enum { CLIENTS = 2, PARTS = 7 };                        /* clients on each CPU                                  */

static struct domain domain;
static uint64_t front, back, ec_front, ec_back;         /* arrays by CPU: portals, ECs                          */
static uint64_t entry_utcb, sm;
static uint64_t volatile wrong, done[3];                /* calls that ended with SUCCESS, ABORTED, BAD_CAP      */
static unsigned cpus;

static void count (uint64_t volatile *p) { __atomic_fetch_add (p, 1, __ATOMIC_RELAXED); }

static void client (void *arg)
{
    unsigned const cpu = *(unsigned *) arg;

    while (!pool_stop) {

        uint32_t mtd = 0;
        enum status const s = hyp_ipc_call (front + cpu, &mtd);

        count (s == STATUS_SUCCESS ? done : s == STATUS_ABORTED ? done + 1 : s == STATUS_BAD_CAP ? done + 2 : &wrong);

        if (s != STATUS_SUCCESS)
            for (unsigned volatile i = 0; i < 1000; i++) ;
    }

    pool_done();
}

/* Two servers on each CPU: the front one calls the back one, which adds a word, or waits for a semaphore. Whatever of the last
 * domain is still there is overwritten. */
static bool stand_up (uint64_t *rng)
{
    uint64_t const page = (uintptr_t) server_page >> 12, entries = (uintptr_t) entry_chain >> 12;
    bool ok = true;

    ok &= hyp_create_pd (CREATE_PD,  domain.pd,  sel_root_pd()) == STATUS_SUCCESS;
    ok &= hyp_create_pd (CREATE_OBJ, domain.obj, domain.pd) == STATUS_SUCCESS;
    ok &= hyp_create_pd (CREATE_HST, domain.hst, domain.pd) == STATUS_SUCCESS;
    ok &= pio_new (domain.pio, domain.pd) == STATUS_SUCCESS;
    ok &= hyp_ctrl_pd (SEL_ROOT_HST, domain.hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0) == STATUS_SUCCESS;
    ok &= hyp_ctrl_pd (SEL_ROOT_HST, domain.hst, entries, entries, 0, PERM_MEM_R | PERM_MEM_XU, 0) == STATUS_SUCCESS;
    ok &= hyp_ctrl_pd (sel_root_obj(), domain.obj, sm, sm, 0, PERM_SM_DN, 0) == STATUS_SUCCESS;

    for (unsigned c = 0; c < cpus && ok; c++) {

        uint64_t const u = entry_utcb + c * 0x2000;
        bool const wait = !rng_below (rng, 4);

        ok &= hyp_create_ec (0, ec_front + c, domain.pd, u >> 12, c, u, 0) == STATUS_SUCCESS;
        ok &= hyp_create_ec (0, ec_back + c, domain.pd, (u >> 12) + 1, c, u + 0x1000, 0) == STATUS_SUCCESS;
        ok &= hyp_create_pt (back + c, sel_root_pd(), ec_back + c,
                             (uintptr_t) (wait ? entry_wait : server_add)) == STATUS_SUCCESS;
        ok &= hyp_ctrl_pt (back + c, sm, 0) == STATUS_SUCCESS;
        ok &= hyp_ctrl_pd (sel_root_obj(), domain.obj, back + c, back + c, 0, PERM_PT_CALL, 0) == STATUS_SUCCESS;
        ok &= hyp_create_pt (front + c, sel_root_pd(), ec_front + c, (uintptr_t) entry_chain) == STATUS_SUCCESS;
        ok &= hyp_ctrl_pt (front + c, back + c, 0) == STATUS_SUCCESS;
    }

    return ok;
}

static void tear_down (uint64_t *rng)
{
    unsigned order[PARTS] = { 0, 1, 2, 3, 4, 5, 6 };

    for (unsigned i = PARTS - 1; i; i--) {
        unsigned const k = rng_below (rng, i + 1), t = order[i];
        order[i] = order[k];
        order[k] = t;
    }

    for (unsigned i = 0; i < PARTS; i++) {

        switch (order[i]) {
            case 0: sel_revoke (domain.pd, 0); break;
            case 1: pool_clear (domain.obj); sel_revoke (domain.obj, 0); break;
            case 2: sel_revoke (domain.hst, 0); break;
            case 3: sel_revoke (domain.pio, 0); break;
            case 4: sel_revoke (front, 6); break;
            case 5: sel_revoke (back, 6); break;
            case 6: sel_revoke (ec_front, 6); sel_revoke (ec_back, 6); break;
        }

        if (!rng_below (rng, 4))
            sleep_ms (1);
    }
}

static void domains (void)
{
    uint64_t rng = abuse_seed();
    static unsigned cpu[CPUS];
    unsigned rounds = 0, stood = 0;

    cpus = root.hip->cpu_num < POOL_THREADS / CLIENTS ? root.hip->cpu_num : POOL_THREADS / CLIENTS;

    pool_begin();
    wrong   = done[0] = done[1] = done[2] = 0;
    domain  = (struct domain) { pool_sel (0), pool_sel (0), pool_sel (0), pool_sel (0) };
    front   = pool_sel (6);
    back    = pool_sel (6);
    ec_front = pool_sel (6);
    ec_back = pool_sel (6);
    sm      = pool_sm (0);
    entry_utcb = pool_pages (7);

    for (unsigned c = 0; c < cpus; c++) {
        cpu[c] = c;
        for (unsigned k = 0; k < CLIENTS; k++)
            pool_spawn (c, PRIO_LOW + k, client, cpu + c);
    }

    for (uint64_t const end = in_ms (2 * abuse_ms()); stc_read() < end || rounds < 5; rounds++) {
        stood += stand_up (&rng);
        sleep_ms (rng_below (&rng, 3));
        hyp_sm_up (sm);
        tear_down (&rng);
    }

    check_ge (rounds, 3, "a domain is torn down at least three times");
    check_eq (stood, rounds, "and can be built anew each time");
    check_ge (done[0], 1, "calls succeed");
    check_ge (done[1] + done[2], 1, "and fail as the domain goes");
    check (pool_join (cpus * CLIENTS), "all clients come back");
    check_eq (wrong, 0, "each time with SUCCESS, ABORTED or BAD_CAP");
    pool_end();
}

/* The handler of an event goes, with its domain, while it works on the event: so does who raised it, and nobody else */
static void handlers (void)
{
    uint64_t const page = (uintptr_t) entry_wait >> 12;
    unsigned answers = 0;

    for (unsigned round = 0; round < 4; round++) {

        struct domain d;
        uint32_t mtd = 0;

        pool_begin();
        pool_domain (&d);

        uint64_t const waits = pool_sm (0), pf = pool_sel (0), evts = pool_sel (THREAD_EVENT_ORD);
        uint64_t const handler = pool_bare (d.pd, root.hip->cpu_bsp, 0);
        uint64_t const raiser = pool_bare (sel_root_pd(), root.hip->cpu_bsp, evts);

        NEED (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0));
        NEED (hyp_ctrl_pd (sel_root_obj(), d.obj, waits, waits, 0, PERM_SM_DN, 0));
        NEED (hyp_create_pt (evts + EVENT_UNDEFINED, sel_root_pd(), handler, (uintptr_t) entry_wait));
        NEED (hyp_ctrl_pt (evts + EVENT_UNDEFINED, waits, round & 1 ? MTD_IP : 0));
        NEED (hyp_create_pt (pf, sel_root_pd(), raiser, (uintptr_t) entry_raise));

        front = pf;
        cpus  = 1;
        done[0] = done[1] = done[2] = wrong = 0;

        static unsigned zero;
        pool_spawn (root.hip->cpu_bsp, PRIO_LOW, client, &zero);
        sleep_ms (5);
        check_eq (done[0] + done[1] + done[2], 0, "a caller waits for a server that waits for its event handler");

        if (round < 2)
            sel_revoke (d.obj, 0);
        sel_revoke (handler, 0);
        sel_revoke (evts + EVENT_UNDEFINED, 0);
        sel_revoke (d.hst, 0);
        sel_revoke (d.pd, 0);

        for (uint64_t const end = in_ms (1000); !done[1] && stc_read() < end; )
            sleep_ms (1);

        check_ge (done[1], 1, "which is torn down: the caller's call is ABORTED");
        answers += hyp_ipc_call (pf, &mtd) == STATUS_ABORTED;
        pool_end();
    }

    check_eq (answers, 4, "and the server that raised the event is dead");
}

static struct test const test[] = { { "domains", domains }, { "handlers", handlers } };

TESTS_OF_SECONDS ("teardown", test, 120);
