/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * No memory. On a debug kernel, each allocation that a scenario makes fails once, alone and with all behind it. On every kernel,
 * all memory is used up by each kind of object, and every hypercall that wants some is made then.
 */
#include <abuse.h>
#include <base/atomic.h>
#include <console.h>
#include <entries.h>
#include <hva.h>
#include <mem.h>
#include <panic.h>
#include <probe.h>
#include <record.h>
#include <server.h>

static struct domain d;
static uint64_t call, local, remote, global, sc, sm, none;      /* selectors in the root object space; none: stays null */
static uintptr_t utcb;                                  /* three pages                                          */
static uint64_t ram;

enum { CHILD_PD = 5, CHILD_SM = 0x3000, CHILD_HIGH = 0x10000, TABLE = 512, NEAR = 0x40000 };

/* The scenario, step by step: what each one needs comes before it. Returns MEM_OBJ or MEM_CAP when memory is missing. */
static enum status pd (void)  { return hyp_create_pd (CREATE_PD, d.pd, sel_root_pd()); }
static enum status obj (void) { return hyp_create_pd (CREATE_OBJ, d.obj, d.pd); }
static enum status hst (void) { return hyp_create_pd (CREATE_HST, d.hst, d.pd); }
static enum status pio (void) { return pio_new (d.pio, d.pd); }

static enum status cap (void) { return hyp_ctrl_pd (sel_root_obj(), d.obj, d.pd, CHILD_PD, 0, PERM_MASK, 0); }

/* Sixteen pages of selectors */
static enum status caps (void)
{
    enum status s = STATUS_SUCCESS;

    for (unsigned i = 0; i < 16 && s == STATUS_SUCCESS; i++)
        s = hyp_ctrl_pd (sel_root_obj(), d.obj, d.pd, CHILD_HIGH + i * 512, 0, PERM_MASK, 0);

    return s;
}

static enum status code (void)
{
    uint64_t const page = (uintptr_t) server_page >> 12;

    return hyp_ctrl_pd (SEL_ROOT_HST, d.hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0);
}

static enum status far (void) { return hyp_ctrl_pd (SEL_NOVA_HST, d.hst, ram >> 12, hva_end() >> 13, 0, PERM_MEM_R, MAD_RAM); }
static enum status large (void) { return hyp_ctrl_pd (SEL_NOVA_HST, d.hst, ram >> 12, NEAR, 9, PERM_MEM_R, MAD_RAM); }

/* A hole in a large page splits it */
static enum status hole (void) { return hyp_ctrl_pd (SEL_NOVA_HST, d.hst, 0x100000 + 7, NEAR + 7, 0, 0, MAD_RAM); }

/* A page elsewhere in its place */
static enum status other (void) { return hyp_ctrl_pd (SEL_NOVA_HST, d.hst, ram >> 12, NEAR + 9, 0, PERM_MEM_R, MAD_RAM); }

static enum status ports (void)
{
    if (!HAS_PORTS)
        return STATUS_SUCCESS;

    enum status const s = hyp_ctrl_pd (SEL_NOVA_PIO, d.pio, 0x100, 0x100, 0, PERM_PIO_A, 0);

    return s == STATUS_SUCCESS ? hyp_ctrl_pd (SEL_NOVA_PIO, d.pio, 0x9000, 0x9000, 4, PERM_PIO_A, 0) : s;
}

static enum status ec_local (void) { return hyp_create_ec (0, local, d.pd, utcb >> 12, root.hip->cpu_bsp, utcb, 0); }
static enum status portal (void) { return hyp_create_pt (call, sel_root_pd(), local, (uintptr_t) server_call); }

static unsigned last_cpu (void) { return root.hip->cpu_num - 1u; }

static enum status ec_global (void)
{
    return hyp_create_ec (FLAG_EC_GLOBAL | FLAG_EC_FPU, global, sel_root_pd(), (utcb >> 12) + 1, last_cpu(), 0, none);
}

/* The first one of its space on that CPU, if there are two */
static enum status ec_remote (void) { return hyp_create_ec (0, remote, d.pd, (utcb >> 12) + 2, last_cpu(), 0, none); }

static enum status schedule (void) { return hyp_create_sc (sc, sel_root_pd(), global, hyp_scd (1, PRIO_LOW, 0)); }
static enum status semaphore (void) { return hyp_create_sm (sm, sel_root_pd(), 0); }

/* The domain makes an object for itself, in a page of selectors that is not there */
static enum status by_child (void)
{
    uint32_t mtd = mtd_words (4);
    uint64_t *const w = worker->utcb->word;

    w[0] = hyp_id (HYPERCALL_create_sm, 0) | CHILD_SM << 8;
    w[1] = CHILD_PD;
    w[2] = 0;

    enum status const s = hyp_ipc_call (call, &mtd);

    return s == STATUS_SUCCESS ? (enum status) (w[0] & 0xff) : s;
}

static struct {
    char const *    name;
    enum status  (* fn) (void);
    uint64_t *      sel;                                /* null if it failed, or NULL                           */
} const step[] = {
    { "create_pd", pd, &d.pd },             { "object space", obj, &d.obj },        { "host space", hst, &d.hst },
    { "port I/O space", pio, &d.pio },      { "a capability", cap, NULL },          { "capabilities", caps, NULL },
    { "a page", code, NULL },               { "a far page", far, NULL },            { "a large page", large, NULL },
    { "a hole in it", hole, NULL },         { "another page in it", other, NULL },  { "ports", ports, NULL },
    { "local EC", ec_local, &local },       { "portal", portal, &call },            { "global EC with FPU", ec_global, &global },
    { "SC", schedule, &sc },                { "semaphore", semaphore, &sm },        { "EC on the last CPU", ec_remote, &remote },
    { "semaphore by the domain", by_child, NULL },
};

enum { STEPS = sizeof (step) / sizeof (step[0]) };

static void prepare (void)
{
    pool_begin();
    d      = (struct domain) { pool_sel (0), pool_sel (0), pool_sel (0), pool_sel (0) };
    call   = pool_sel (0);
    local  = pool_sel (0);
    remote = pool_sel (0);
    global = pool_sel (0);
    sc     = pool_sel (0);
    sm     = pool_sel (0);
    none   = pool_sel (THREAD_EVENT_ORD);
    utcb   = pool_pages (2);
    ram    = pool_ram (9);
}

static bool short_of_memory (enum status s) { return s == STATUS_MEM_OBJ || s == STATUS_MEM_CAP; }

/* The n-th allocation fails, and so many behind it. False when the scenario does not make that many. */
static bool attempt (struct record_fail *f, uint64_t n, uint64_t count, unsigned *bad)
{
    enum status s = STATUS_SUCCESS;
    unsigned k = 0;
    uint64_t v;

    rlx_store (&f->skip, n - 1);
    rlx_store (&f->fail, count);

    while (k < STEPS && (s = step[k].fn()) == STATUS_SUCCESS)
        k++;

    bool const hit = rlx_load (&f->fail) != count;

    rlx_store (&f->skip, 0);
    rlx_store (&f->fail, 0);

    /* Alone, a failed allocation may be made up for: by memory that was about to be free (creations try again) */
    bool ok = hit && (count > 1 || s != STATUS_SUCCESS) ? short_of_memory (s) : s == STATUS_SUCCESS;

    if (ok && s != STATUS_SUCCESS) {

        if (step[k].sel)
            ok = cap_null (*step[k].sel);

        if (step[k].fn == ec_global || step[k].fn == ec_local)
            ok &= !probe_read (utcb + (step[k].fn == ec_global ? 4096 : 0), &v);

        /* With memory, the rest can be done as if nothing had been */
        for (; k < STEPS && ok; k++)
            ok = step[k].fn() == STATUS_SUCCESS;
    }

    int64_t const lost = pool_recycle();

    if (!ok || lost) {
        (*bad)++;
        console_printf ("# allocation %lu%s: step %s: %s, %ld pages lost\n", n, count > 1 ? " and all behind it" : "",
                        k < STEPS ? step[k].name : "none", status_name (s), lost);
    }

    return hit;
}

static void nth (void)
{
    struct record_fail *const f = record_find (RECORD_FAIL);

    if (!f) {
        console_printf ("# %s: not a debug kernel\n", "fail.nth");
        return;
    }

    unsigned bad = 0;
    uint64_t alone = 1, all = 1;

    prepare();

    while (attempt (f, alone, 1, &bad))
        alone++;

    check_ge (alone, 20, "the scenario makes at least 20 allocations");
    check_eq (bad, 0, "each of them fails alone: SUCCESS or MEM_OBJ or MEM_CAP, nothing half done, no memory lost");

    while (attempt (f, all, ~UINT64_C (0), &bad))
        all++;

    check_eq (all, alone, "each of them fails with all that follow: as many");
    check_eq (bad, 0, "MEM_OBJ or MEM_CAP, nothing half done, no memory lost");
    console_printf ("# %lu allocations in %u steps\n", alone - 1, STEPS);
    pool_end();
}

/* Each takes all memory there is, by another kind of object; they return how many fitted */
enum { SELS_ORD = 14 };
static uint64_t base;

static unsigned by_ecs (void)
{
    unsigned n = 0;
    uint64_t const hvp = pool_pages (14) >> 12;

    while (n < 1 << 13 && hyp_create_ec (0, base + n, sel_root_pd(), hvp + n, root.hip->cpu_bsp, 0, 0) == STATUS_SUCCESS)
        n++;

    return n;
}

static unsigned by_tables (void)
{
    unsigned n = 0;

    while (n < 1 << 18 &&
           hyp_ctrl_pd (SEL_NOVA_HST, d.hst, ram >> 12, UINT64_C (0x100000) + n * TABLE, 0, PERM_MEM_R, MAD_RAM) == STATUS_SUCCESS)
        n++;

    return n;
}

static unsigned by_spaces (void)
{
    unsigned n = 0, each = HAS_PORTS ? 4 : 3;

    for (uint64_t s = base; n < ((1 << SELS_ORD) - 1024) / each; s += each, n++)
        if (hyp_create_pd (CREATE_PD,  s, sel_root_pd()) != STATUS_SUCCESS ||
            hyp_create_pd (CREATE_OBJ, s + 1, s) != STATUS_SUCCESS ||
            hyp_create_pd (CREATE_HST, s + 2, s) != STATUS_SUCCESS ||
            pio_new (s + 3, s) != STATUS_SUCCESS)
            break;

    return n;
}

static unsigned by_selectors (void)
{
    unsigned n = 0;

    for (unsigned k = 0; k < 64; k++) {

        if (hyp_create_pd (CREATE_PD, base + 2 * k, sel_root_pd()) != STATUS_SUCCESS ||
            hyp_create_pd (CREATE_OBJ, base + 2 * k + 1, base + 2 * k) != STATUS_SUCCESS)
            return n;

        for (uint64_t s = 0; s < root.hip->sel_num; s += 512, n++)
            if (hyp_ctrl_pd (sel_root_obj(), base + 2 * k + 1, sm, s, 0, PERM_MASK, 0) != STATUS_SUCCESS)
                return n;
    }

    return n;
}


static void starve (unsigned (*fill) (void), unsigned least, char const *text)
{
    unsigned bad = 0;

    prepare();
    base = pool_sel (SELS_ORD);
    NEED (semaphore());
    NEED (pd());
    NEED (obj());
    NEED (hst());
    NEED (pio());

    unsigned const n = fill();

    check_ge (n, least, text);

    for (uint64_t s = base + (1 << SELS_ORD) - 1; s > base + (1 << SELS_ORD) - 1024; s--)
        if (hyp_create_sm (s, sel_root_pd(), 0) != STATUS_SUCCESS)
            break;

    /* What takes pages must fail; what takes less may find a free place in a slab */
    bad += !short_of_memory (caps());
    bad += !short_of_memory (far());
    bad += !short_of_memory (ec_local());
    bad += !short_of_memory (ec_global());
    check_eq (bad, 0, "then capabilities, pages and ECs: MEM_OBJ or MEM_CAP");

    for (unsigned k = 0; k < STEPS; k++) {
        enum status const s = step[k].fn();
        bad += s == STATUS_BAD_HYP || s == STATUS_BAD_PAR || s == STATUS_TIMEOUT;
    }

    check_eq (bad, 0, "and nothing else goes wrong");
    check (record_memory_free() < 64, "the figure says so, too");
    pool_end();
}

static void exhaustion (void)
{
    starve (by_ecs, 1000, "all memory is used up by ECs");
    starve (by_tables, 1000, "by page tables");
    starve (by_spaces, 500, "by domains and their spaces");
    starve (by_selectors, 1000, "by pages of selectors");
}

static struct test const test[] = { { "nth", nth }, { "exhaustion", exhaustion } };

TESTS_OF_SECONDS ("fail", test, 300);
