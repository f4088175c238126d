/* SPDX-License-Identifier: GPL-2.0-only */
#include <tag_machine.h>

#include <cpu.h>
#include <tlb_hole.h>

#define BUFFER  4

enum broken broken;

bool vhe (void) { return vhe_on; }

struct cpu_local cpu_local;
struct cpu_local *cpu_remote[CPU_MAX];
struct space_hst space_hst_nova;
uint64_t kmem_offset;

struct page page[PAGES] ALIGNED (PAGE_SIZE);
unsigned owner[PAGES];
uint32_t gone;
static uint32_t taken;                                  /* pages in use, or used before                             */

static struct cpu {
    uint64_t root, before;                              /* the register, and what may still count                   */
    uint32_t table[TAGS][SLOTS], leaf[TAGS][SLOTS][SLOTS];  /* walk cache, TLB: sets of pages                       */
    struct { uint64_t *p, v; } store[BUFFER];
    unsigned stores;
    uint32_t here, all;                                 /* tags whose TLBI has been issued                          */
    uint64_t history;
    bool     user, done, flushed;                       /* flushed: since it was in user mode                       */
    unsigned waits;                                     /* for flag to be as large                                  */
} mcpu[CPUS];

static struct cpu_local area[CPUS];
struct space_hst space[SPACES];
unsigned cpus, self, loaded[CPUS], flag;
bool vhe_on, leaving;
static bool running;

static void (*script[CPUS]) (void);

void learn (uint64_t v) { mcpu[self].history = orders_history (mcpu[self].history, v); }

static void greedy_of (struct cpu *c, uint64_t root)
{
    unsigned const t = tag_of (root);

    for (unsigned s = 0; s < SLOTS; s++) {

        uint64_t const e = page[page_id (root)].e[s];

        if (e)
            c->table[t][s] |= 1U << page_id (e);

        for (uint32_t m = c->table[t][s]; m; m &= m - 1)
            for (unsigned l = 0; l < SLOTS; l++)
                if (page[bit_low (m)].e[l])
                    c->leaf[t][s][l] |= 1U << page_id (page[bit_low (m)].e[l]);
    }
}

static void greedy (void)
{
    for (unsigned i = 0; i < cpus; i++) {

        greedy_of (&mcpu[i], mcpu[i].before);
        greedy_of (&mcpu[i], mcpu[i].root);
    }
}

static void check_tables (struct cpu const *c, uint64_t root)
{
    uint32_t reached = 1U << page_id (root);

    for (unsigned s = 0; s < SLOTS; s++)
        reached |= c->table[tag_of (root)][s];

    if (reached & gone)
        wrong = "a table that was given back is reachable";
}

static void check (void)
{
    for (unsigned i = 0; i < cpus; i++) {

        struct cpu const *const c = &mcpu[i];
        unsigned const t = tag_of (c->root);

        if (c->user || vhe_on) {
            check_tables (c, c->root);
            check_tables (c, c->before);
        }

        for (unsigned s = 0; s < SLOTS; s++)
            for (unsigned l = 0; c->user && l < SLOTS; l++)
                for (uint32_t m = c->leaf[t][s][l]; m; m &= m - 1) {
                    if (gone >> bit_low (m) & 1)
                        wrong = "a page that was given back is reachable";
                    if (owner[bit_low (m)] != loaded[i])
                        wrong = "a page of another space is reachable";
                }
    }
}

/* The end of a step; not while a scenario is set up, which is one */
static void yield (void)
{
    greedy();

    if (!running)
        return;

    area[self] = cpu_local;
    coroutine_leave (self);
    learn (0);
}

static void drain (struct cpu *c)
{
    *c->store[0].p = c->store[0].v;
    memmove (c->store, c->store + 1, sizeof c->store - sizeof c->store[0]);
    memset (&c->store[--c->stores], 0, sizeof c->store[0]);
}

void entry (uint64_t *p, uint64_t v)
{
    struct cpu *const c = &mcpu[self];

    yield();

    if (c->stores == BUFFER)
        drain (c);

    c->store[c->stores].p   = p;
    c->store[c->stores++].v = v;
}

static void drop (struct cpu *c, unsigned t)
{
    memset (c->table[t], 0, sizeof c->table[t]);
    memset (c->leaf[t], 0, sizeof c->leaf[t]);
}

uint64_t model_read (char const *name)
{
    assert_string_equal (name, "vttbr_el2");
    assert_false (vhe_on);

    return mcpu[self].root;
}

void model_write (char const *name, uint64_t v)
{
    struct cpu *const c = &mcpu[self];

    assert_string_equal (name, vhe_on ? "ttbr0_el2" : "vttbr_el2");
    assert_true (tag_of (v) < TAGS && !(v & PAGE_MASK));
    yield();

    c->before = c->root;
    c->root   = v;
}

void model_isb (void)
{
    struct cpu *const c = &mcpu[self];

    if (broken == (leaving ? NO_ISB_LEAVING : NO_ISB))
        return;

    yield();
    c->before = c->root;
}

void model_tlbi (char const *op, uint64_t v)
{
    struct cpu *const c = &mcpu[self];
    bool const all = strlen (op) > 2 && !strcmp (op + strlen (op) - 2, "is");

    yield();

    if (!strncmp (op, "aside1", 6)) {
        assert_true (vhe_on && !(v & ~ROOT_TAG));
    } else {
        assert_false (vhe_on);
        assert_int_equal (strncmp (op, "vmalls12e1", 10), 0);
        v = c->before;
    }

    if (!all && broken == (c->flushed ? NO_RESTORED_FLUSH : NO_UNTAGGED_FLUSH))
        return;

    c->flushed |= all;

    if (all && broken != LOCAL)
        c->all |= 1U << tag_of (v);
    else
        c->here |= 1U << tag_of (v);
}

void model_dsb (char const *domain)
{
    struct cpu *const c = &mcpu[self];
    bool const stores = strlen (domain) > 2 && !strcmp (domain + strlen (domain) - 2, "st"), inner = !strncmp (domain, "ish", 3);

    if (inner && !(c->here | c->all) ? broken == NO_STORE_BARRIER : inner && broken == NO_WAIT)
        return;

    yield();

    if (!stores) {
        for (uint32_t m = c->here; m; m &= m - 1)
            drop (c, bit_low (m));
        for (unsigned i = 0; inner && i < cpus; i++)
            for (uint32_t m = c->all; m; m &= m - 1)
                drop (&mcpu[i], bit_low (m));
        c->here = 0;
        c->all  = inner ? 0 : c->all;
        greedy();
    }

    while (c->stores)
        drain (c);
}
uint64_t take (unsigned o)
{
    unsigned const p = bit_low (~(uint64_t)taken);

    assert_true (p < PAGES);
    taken |= 1U << p;
    owner[p] = o;

    return (uintptr_t)&page[p];
}

/* ERET, user mode until the CPU goes on. Nobody runs in the NOVA space: the CPU waits in the kernel, and an interrupt synchronizes. */
void user (void)
{
    struct cpu *const c = &mcpu[self];

    c->before  = c->root;
    c->flushed = false;
    c->user    = loaded[self];
    yield();
    c->user    = false;
}

void go (struct space_hst *s)
{
    loaded[self] = number (s);
    space_hst_switch (space_hst_root (s, NULL, (cpu_t)self));
    user();
}

void await (unsigned n)
{
    while (flag < n) {
        mcpu[self].waits = n;
        yield();
    }

    mcpu[self].waits = 0;
}

/* Exploration -------------------------------------------------------------------------------------------------------- */

static uint64_t state (void)
{
    uint64_t h = orders_digest (1, mcpu, sizeof *mcpu * cpus);
    uint64_t const v[] = { gone, taken, flag, model_extra(), loaded[0] | loaded[1] << 8 | loaded[2] << 16 };

    for (unsigned p = 0; p < PAGES; p++)
        h = orders_digest (h, page[p].e, sizeof page[p].e[0] * SLOTS);

    return orders_digest (h, v, sizeof v);
}

static void run_script (void)
{
    script[self]();
    mcpu[self].done = true;

    for (;;)
        user();
}

static void resume (unsigned i)
{
    self = i;
    cpu_local = area[i];
    coroutine_enter (i);
}

static bool finished (void)
{
    for (unsigned c = 0; c < cpus; c++)
        if (!mcpu[c].done)
            return false;

    return true;
}

/* Choices: 2 i: CPU i goes on; 2 i + 1: its oldest store drains */
static unsigned choices (uint8_t list[ORDERS_CHOICES])
{
    unsigned n = 0;

    check();

    for (unsigned i = 0; i < cpus; i++) {
        if (!mcpu[i].done && !(mcpu[i].waits && flag < mcpu[i].waits))
            list[n++] = (uint8_t)(i * 2);
        if (mcpu[i].stores)
            list[n++] = (uint8_t)(i * 2 + 1);
    }

    return n;
}

static void act (unsigned choice)
{
    if (choice % 2)
        drain (&mcpu[choice / 2]);
    else
        resume (choice / 2);

    greedy();
}

static void reset (void const *scenario)
{
    struct scenario const *const s = scenario;

    memset (mcpu, 0, sizeof mcpu);
    memset (area, 0, sizeof area);
    memset (space, 0, sizeof space);
    for (unsigned p = 0; p < PAGES; p++)
        memset (page[p].e, 0, sizeof page[p].e[0] * SLOTS);

    gone    = taken = flag = 0;
    cpus    = s->cpus;
    running = false;

    space_hst_nova.table = (pte_slot_t *)take (0);
    model_setup (s);

    for (unsigned c = 0; c < cpus; c++)
        mcpu[c].root = mcpu[c].before = (uintptr_t)space_hst_nova.table;

    for (self = 0; self < cpus; self++) {               /* each has been everywhere, and comes to where it begins   */

        memset (&cpu_local, 0, sizeof cpu_local);
        cpu_local.id = self;
        rlx_store (&cpu_local.hole, tlb_hole_first ((cpu_t)self));
        rlx_store (&cpu_local.root, mcpu[self].root);
        enum broken const b = broken;
        broken = RIGHT;
        go (&space[0]), go (&space[1]), go (s->at[self] ? &space[s->at[self] - 1] : &space_hst_nova);
        broken = b;
        area[self] = cpu_local;
    }

    check();
    running = true;

    for (unsigned c = 0; c < cpus; c++) {
        coroutine_make (c, run_script);
        script[c] = s->script[c];
        mcpu[c].user = false;
        resume (c);
    }
}

static struct machine const machine = { .reset = reset, .choices = choices, .act = act, .finished = finished, .state = state };

char const *explore (struct scenario const *s)
{
    char name[96];

    snprintf (name, sizeof name, "%s, %s", s->name, vhe_on ? "ASIDs" : "VMIDs");

    return orders_all (&machine, s, name);
}
