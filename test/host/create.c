/* SPDX-License-Identifier: GPL-2.0-only */
/* Creation and retirement of objects: each failing allocation, parents that are going, what retirement leaves behind. */
#include <core.h>

#include <buddy.h>
#include <ec.h>
#include <pd.h>
#include <pt.h>
#include <sc.h>
#include <scheduler.h>
#include <sm.h>
#include <space_hst.h>
#include <space_obj.h>
#include <space_pio.h>

#define UTCB_HVA    0x1000

static uint32_t refs (struct kobject const *o) { return rlx_load (&o->refs); }

/* A protection domain with its spaces */
static struct { struct pd *pd; struct space_obj *obj; struct space_hst *hst; struct space_pio *pio; } d;

static struct ec_args args;

static void domain (void)
{
    assert_int_equal (pd_create (&d.pd), STATUS_SUCCESS);
    assert_int_equal (space_obj_create (&d.obj, d.pd), STATUS_SUCCESS);
    assert_int_equal (space_hst_create (&d.hst, d.pd), STATUS_SUCCESS);
    assert_int_equal (space_pio_create (&d.pio, d.pd), STATUS_SUCCESS);

    pd_attach (d.pd, KOBJECT_OBJ, d.obj);
    pd_attach (d.pd, KOBJECT_HST, d.hst);
    pd_attach (d.pd, KOBJECT_PIO, d.pio);

    args = (struct ec_args){ .pd = d.pd, .kind = EC_LOCAL, .fpu = true, .cpu = 0, .hva = UTCB_HVA, .sp = 0x7000, .evt = 0x40 };
}

static void drop (void)
{
    kobject_unref (&d.pio->obj);
    kobject_unref (&d.hst->obj);
    kobject_unref (&d.obj->obj);
    kobject_unref (&d.pd->obj);
    core_settle();
}

/* Everything that a call failed to create has gone again */
static void assert_unused (void)
{
    core_settle();
    assert_int_equal (refs (&d.pd->obj), 4);            /* ours and those of its spaces                             */
    assert_int_equal (refs (&d.obj->obj), 1);
    assert_int_equal (refs (&d.hst->obj), 1);
    assert_int_equal (refs (&d.pio->obj), 1);
}

static void ec (void **state UNUSED)
{
    size_t const base = core_pages();
    struct ec *e;

    domain();
    assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);
    assert_int_equal (refs (&d.obj->obj), 2);
    assert_int_equal (refs (&d.hst->obj), 2);
    assert_int_equal (refs (&d.pio->obj), 2);
    assert_int_equal (e->recv, 1);
    assert_null (e->cont);
    assert_int_equal (REGS_SP (&e->regs), 0x7000);
    assert_int_equal (*(uint8_t *)e->fpu, 0x11);
    assert_ptr_equal (e->caller, &ec_nobody);
    assert_int_equal (*(uint64_t *)e->utcb, 0);

    kobject_unref (&e->obj);
    assert_unused();

    args.kind = EC_GLOBAL;
    args.fpu = false;
    assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);
    assert_non_null (e->cont);
    assert_int_equal (e->recv, 0);
    assert_null (e->fpu);
    kobject_unref (&e->obj);
    assert_unused();

    drop();
    assert_int_equal (core_pages(), base);
}

/* With the n-th allocation failing, for every n */
static void ec_memory (void **state UNUSED)
{
    size_t const base = core_pages();
    unsigned n;

    for (n = 1; n < 100; n++) {

        struct ec *e = NULL;

        domain();
        core_fail = n;

        enum status const s = ec_create (&e, &args);

        core_fail = 0;

        if (s == STATUS_SUCCESS)
            kobject_unref (&e->obj);
        else {
            assert_int_equal (s, STATUS_MEM_OBJ);
            assert_null (e);
        }

        assert_unused();
        drop();
        assert_int_equal (core_pages(), base);

        if (s == STATUS_SUCCESS)
            break;
    }

    /* EC, UTCB, FPU, table of the CPU, and the tables on the way to the page of the UTCB: each failed once */
    assert_in_range (n, 8, 12);
}

static void space_memory (void **state UNUSED)
{
    struct space_hst *hst = NULL;

    domain();

    size_t const base = core_pages();

    core_fail = 1;                                      /* its table; the space itself is in a slab that has room   */
    assert_int_equal (space_hst_create (&hst, d.pd), STATUS_MEM_OBJ);
    assert_int_equal (core_fail, 0);
    assert_null (hst);
    assert_unused();
    assert_int_equal (core_pages(), base);
    drop();
}

static void ec_without_space (void **state UNUSED)
{
    static enum kobject_type const type[] = { KOBJECT_OBJ, KOBJECT_HST, KOBJECT_PIO };
    size_t const base = core_pages();
    struct ec *e;

    for (unsigned i = 0; i < ARRAY_SIZE (type); i++) {

        domain();

        void *const space = rlx_load (&d.pd->space[type[i]]);

        pd_detach (d.pd, type[i], space);
        assert_int_equal (ec_create (&e, &args), STATUS_ABORTED);
        assert_unused();

        assert_true (pd_reserve (d.pd, type[i]));       /* another CPU is creating it                               */
        assert_int_equal (ec_create (&e, &args), STATUS_ABORTED);
        assert_unused();

        pd_attach (d.pd, type[i], space);
        assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);
        kobject_unref (&e->obj);
        assert_unused();
        drop();
    }

    assert_int_equal (core_pages(), base);
}

/* Of an object whose last capability has just gone nothing can be made any more */
static void parent_goes (void **state UNUSED)
{
    size_t const base = core_pages();
    struct space_obj *obj;
    struct space_hst *hst;
    struct space_pio *pio;
    struct ec *e;
    struct pt *pt;
    struct sc *sc;

    domain();
    assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);

    size_t const pages = core_pages();

    kobject_unref (&e->obj);
    assert_int_equal (refs (&e->obj), 0);
    assert_int_equal (pt_create (&pt, e, 0x5000), STATUS_BAD_CAP);
    assert_int_equal (sc_create (&sc, e, 10, 5, 0), STATUS_BAD_CAP);
    assert_int_equal (core_pages(), pages);
    drop();
    assert_int_equal (core_pages(), base);

    assert_int_equal (pd_create (&d.pd), STATUS_SUCCESS);
    kobject_unref (&d.pd->obj);
    assert_int_equal (space_obj_create (&obj, d.pd), STATUS_BAD_CAP);
    assert_int_equal (space_hst_create (&hst, d.pd), STATUS_BAD_CAP);
    assert_int_equal (space_pio_create (&pio, d.pd), STATUS_BAD_CAP);
    core_settle();
    assert_int_equal (core_pages(), base);
}

static void pt (void **state UNUSED)
{
    size_t const base = core_pages();
    struct ec *e;
    struct pt *p, *kernel;

    domain();
    assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);
    assert_int_equal (pt_create (&p, e, 0x5000), STATUS_SUCCESS);
    assert_int_equal (pt_create (&kernel, e, USER_END), STATUS_SUCCESS);
    assert_int_equal (refs (&e->obj), 3);
    assert_int_equal (p->ip, 0x5000);
    assert_int_equal (rlx_load (&p->id) | rlx_load (&p->mtd), 0);
    assert_ptr_equal (p->fast, e);
    assert_ptr_equal (kernel->ec, e);
    assert_ptr_equal (kernel->fast, &ec_nobody);        /* SYSRET there would fault in the kernel                   */
    kobject_unref (&kernel->obj);

    kobject_unref (&e->obj);                            /* the portal keeps it                                      */
    core_settle();
    assert_int_equal (refs (&e->obj), 1);
    assert_false (e->dead);
    kobject_unref (&p->obj);
    drop();
    assert_int_equal (core_pages(), base);
}

/* Objects until memory is used up: MEM_OBJ, and all of it comes back */
static void used_up (void **state UNUSED)
{
    static struct kobject *made[PAGE_SIZE];
    size_t const base = core_pages();
    struct ec *e;

    domain();
    assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);

    for (unsigned kind = 0; kind < 3; kind++) {

        enum status s = STATUS_SUCCESS;
        unsigned n = 0;

        core_fail = 3;                                  /* two pages of them, not a third                           */

        while (s == STATUS_SUCCESS) {

            struct pt *pt;
            struct sc *sc;
            struct pd *pd;

            assert_true (n < ARRAY_SIZE (made));
            made[n] = NULL;

            if (kind == 0 && (s = pt_create (&pt, e, 0)) == STATUS_SUCCESS)
                made[n++] = &pt->obj;
            if (kind == 1 && (s = sc_create (&sc, e, 1, 1, 0)) == STATUS_SUCCESS)
                made[n++] = &sc->obj;
            if (kind == 2 && (s = pd_create (&pd)) == STATUS_SUCCESS)
                made[n++] = &pd->obj;
        }

        assert_int_equal (s, STATUS_MEM_OBJ);
        assert_int_equal (core_fail, 0);
        assert_true (n > 20);

        while (n)
            kobject_unref (made[--n]);
        core_settle();
        assert_int_equal (refs (&e->obj), 1);
    }

    kobject_unref (&e->obj);
    drop();
    assert_int_equal (core_pages(), base);
}

/* An EC dies while its CPU and its FPU are still its own, and one of another CPU is retired there */
static void ec_retirement (void **state UNUSED)
{
    struct ec *e;

    core_cpu (1);
    cpu_local.idle = cpu_local.current = ec_create_idle (1);
    core_cpu (0);
    cpu_local.idle = cpu_local.current = ec_create_idle (0);
    assert_non_null (cpu_local.idle);

    size_t const base = core_pages();

    domain();

    for (unsigned c = 0; c < 2; c++) {

        args.cpu = (cpu_t)c;
        assert_int_equal (ec_create (&e, &args), STATUS_SUCCESS);

        core_cpu (c);
        cpu_local.current = cpu_local.fpu_owner = e;
        core_cpu (0);

        kobject_unref (&e->obj);
        core_settle();

        core_cpu (c);
        assert_ptr_equal (cpu_local.current, cpu_local.idle);
        assert_null (cpu_local.fpu_owner);
        core_cpu (0);
        assert_unused();
    }

    drop();
    assert_int_equal (core_pages(), base);

    core_fail_all = true;                               /* idle ECs until there is no memory                        */
    while (ec_create_idle (0)) ;
    core_fail_all = false;
}

/* Another CPU is faster while this one gets the memory: what it put in place counts, and the page comes back */
static paddr_t other_root;
static void *other_page;

static void make_root (void) { other_root = space_hst_root (d.hst, d.pio, 0); }

static void map_near (void)
{
    assert_int_equal (space_hst_map_kernel (d.hst, UTCB_HVA + PAGE_SIZE, other_page, true), STATUS_SUCCESS);
}

static void insert_near (void)
{
    struct sm *m;

    assert_int_equal (sm_create (&m, 0, SM_NO_INT), STATUS_SUCCESS);
    assert_int_equal (space_obj_insert (d.obj, 7, cap_make (&m->obj, KOBJECT_SM, 1)), STATUS_SUCCESS);
}

static void faster (void **state UNUSED)
{
    size_t const base = core_pages();
    struct sm *m;

    domain();

    size_t pages = core_pages();

    core_alloc = make_root;
    assert_true (space_hst_root (d.hst, d.pio, 0) == other_root && other_root);
    assert_int_equal (core_pages(), pages - 1);

    void *const page = buddy_alloc (0, BUDDY_ZERO);

    other_page = buddy_alloc (0, BUDDY_ZERO);
    assert_true (page && other_page);

    pages = core_pages();
    core_alloc = map_near;
    assert_int_equal (space_hst_map_kernel (d.hst, UTCB_HVA, page, true), STATUS_SUCCESS);
    assert_int_equal (core_pages(), pages - 3);         /* one table of each level below the top                    */
    space_hst_unmap_kernel (d.hst, UTCB_HVA, page);
    space_hst_unmap_kernel (d.hst, UTCB_HVA + PAGE_SIZE, other_page);
    buddy_free (page);
    buddy_free (other_page);

    assert_int_equal (sm_create (&m, 0, SM_NO_INT), STATUS_SUCCESS);
    pages = core_pages();
    core_alloc = insert_near;
    assert_int_equal (space_obj_insert (d.obj, 6, cap_make (&m->obj, KOBJECT_SM, 1)), STATUS_SUCCESS);
    assert_int_equal (core_pages(), pages - 1);
    assert_ptr_equal (cap_object (space_obj_lookup (d.obj, 6)), &m->obj);
    assert_false (cap_is_null (space_obj_lookup (d.obj, 7)));

    drop();
    assert_int_equal (core_pages(), base);
}

/* Who is killed while another EC works for it */
static void kill_caller (void **state UNUSED)
{
    struct ec *caller, *callee;
    char line[128];

    domain();
    assert_int_equal (ec_create (&callee, &args), STATUS_SUCCESS);
    args.hva += PAGE_SIZE;
    args.kind = EC_GLOBAL;
    assert_int_equal (ec_create (&caller, &args), STATUS_SUCCESS);

    caller->callee = callee;
    callee->caller = caller;
    caller->regs.event = 0xd;
    REGS_IP (&caller->regs) = 0x1234;
    host_lines_reset();
    ec_kill (caller, "no portal");

    snprintf (line, sizeof line, "EC:%p on CPU 0 killed: no portal (event 0xd, IP 0x1234)", (void *)caller);
    assert_lines (line);
    assert_true (caller->dead && caller->blocked);
    assert_false (callee->dead);
    assert_null (caller->callee);
    assert_ptr_equal (callee->caller, &ec_nobody);

    ec_kill (caller, "again");                          /* tells nothing, changes nothing                           */
    assert_lines (line);

    ec_wake_local (caller);                             /* the dead stay where they are                             */
    assert_true (caller->blocked);

    kobject_unref (&caller->obj);
    kobject_unref (&callee->obj);
    core_settle();
    assert_unused();
    drop();
}

static int setup (void **state UNUSED)
{
    core_init (2);
    return 0;
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (ec),
        cmocka_unit_test (ec_memory),
        cmocka_unit_test (space_memory),
        cmocka_unit_test (ec_without_space),
        cmocka_unit_test (parent_goes),
        cmocka_unit_test (pt),
        cmocka_unit_test (used_up),
        cmocka_unit_test (ec_retirement),
        cmocka_unit_test (faster),
        cmocka_unit_test (kill_caller),
    };

    return cmocka_run_group_tests (tests, setup, NULL);
}
