/* SPDX-License-Identifier: GPL-2.0-only */
#include <tagged_tlb.h>

#include <tlb.h>

struct page page[PAGES] ALIGNED (PAGE_SIZE);

struct cpu_local cpu_local;                             /* shared fields of a CPU are in area[], others are not used */
struct cpu_local *cpu_remote[CPU_MAX];
struct cpuset cpus_online;
uint64_t kmem_offset;

struct cpu_local area[CPUS];
struct space_hst space[SPACES];
struct space_hst nova;
_Atomic (uint32_t) flag[2];
struct cpu mcpu[CPUS];

uint32_t gone;
static uint32_t taken;                                  /* pages in use, or used before                             */
unsigned cpus, self, flushes;
bool running;

static bool fixed;                                      /* no tables of CPUs are made                               */

static void (*script[CPUS]) (void);

unsigned page_id (uintptr_t a) { return (unsigned)((a - (uintptr_t)page) / PAGE_SIZE); }

void learn (uint64_t v) { mcpu[self].history = orders_history (mcpu[self].history, v); }

/* The end of a step; not while a scenario is set up */
void yield (void)
{
    if (!running)
        return;

    coroutine_leave (self);
    learn (0);                                          /* it has come one step further                             */
}

/* Where the shared fields of this CPU are */
static uintptr_t canonical (uintptr_t p)
{
    uintptr_t const local = (uintptr_t)&cpu_local;

    return p - local < sizeof cpu_local ? (uintptr_t)&area[self] + (p - local) : p;
}

uint64_t mem_load (uintptr_t p, size_t size) { return size == 4 ? *(uint32_t *)p : *(uint64_t *)p; }

void mem_store (uintptr_t p, size_t size, uint64_t v)
{
    if (size == 4)
        *(uint32_t *)p = (uint32_t)v;
    else
        *(uint64_t *)p = v;
}

static void drain (struct cpu *c)
{
    mem_store (c->store[0].p, c->store[0].size, c->store[0].v);
    memmove (c->store, c->store + 1, sizeof c->store - sizeof c->store[0]);
    c->store[--c->stores].p = 0;
    c->store[c->stores].size = c->store[c->stores].v = 0;
}

static void drain_all (struct cpu *c)
{
    while (c->stores)
        drain (c);
}

/* What only this CPU writes, or nobody, can be read at any time */
static bool calm (uintptr_t p)
{
    return p == (uintptr_t)&area[self].root || p == (uintptr_t)&area[self].tlb_done || (fixed && p - (uintptr_t)space < sizeof space);
}

/* Memory as a CPU sees it: the youngest of its own stores counts */
static uint64_t view (struct cpu const *c, uintptr_t p, size_t size)
{
    uint64_t v = mem_load (p, size);

    for (unsigned i = 0; i < c->stores; i++)
        if (c->store[i].p == p)
            v = c->store[i].v;

    return v;
}

uint64_t model_load (uintptr_t q, size_t size, bool acquire)
{
    uintptr_t const p = canonical (q);

    if (!calm (p))
        yield();

    struct cpu *const c = &mcpu[self];

    if (broken == NO_SECOND_LOOK && acquire && p == (uintptr_t)&area[self].arch.stale_pcid[0])
        return 0;

    uint64_t const v = view (c, p, size);

    memmove (c->load + 1, c->load, sizeof c->load - sizeof c->load[0]);
    c->load[0].p    = p;
    c->load[0].size = size;
    c->load[0].v    = v;
    c->loads += c->loads < LOADS;
    learn (v);

    return v;
}

void model_store (uintptr_t q, size_t size, uint64_t v)
{
    uintptr_t const p = canonical (q);
    struct cpu *const c = &mcpu[self];

    yield();

    if (c->stores == BUFFER)
        drain (c);

    c->store[c->stores].p      = p;
    c->store[c->stores].size   = size;
    c->store[c->stores++].v    = v;
}

uint64_t model_rmw (uintptr_t q, size_t size, enum op op, uint64_t v)
{
    uintptr_t const p = canonical (q);

    yield();
    drain_all (&mcpu[self]);

    uint64_t const old = mem_load (p, size);

    mem_store (p, size, op == ADD ? old + v : op == SUB ? old - v : op == OR ? old | v : op == AND ? old & v : v);
    learn (old);

    return old;
}

void model_fence (void)
{
    if (broken == NO_FENCE)
        return;

    yield();
    drain_all (&mcpu[self]);
}

/* Around again would lead here again, as long as the last loads give the same */
void model_pause (void)
{
    mcpu[self].waits = true;
    yield();
    mcpu[self].waits = false;
    mcpu[self].loads = 0;
}

static bool waits (struct cpu const *c)
{
    if (c->grace && c->user)
        return !mcpu[c->grace - 1].user && mcpu[c->grace - 1].passes == c->grace_passes;

    for (unsigned i = 0; c->waits && i < c->loads; i++)
        if (view (c, c->load[i].p, c->load[i].size) != c->load[i].v)
            return false;

    return c->waits;
}

void model_cr3 (uint64_t v)
{
    struct cpu *const c = &mcpu[self];
    unsigned const p = v & ROOT_PCID;

    yield();
    drain_all (c);

    if (p >= PCIDS)
        wrong = "unknown PCID";
    else if (!(v & ROOT_KEEP)) {
        memset (c->table[p], 0, sizeof c->table[p]);
        memset (c->leaf[p], 0, sizeof c->leaf[p]);
        flushes++;
    }

    c->cr3 = v & ~ROOT_KEEP;
}

void ipi_tlb (cpu_t c)
{
    drain_all (&mcpu[self]);
    mcpu[c].interrupt = true;
}

/* Another root than the one that is loaded is stored, as the CPU itself sees it */
static bool leaves (unsigned i)
{
    return (view (&mcpu[i], (uintptr_t)&area[i].root, 8) & ~ROOT_KEEP) != mcpu[i].cr3;
}

/* All that each CPU can reach goes into its caches; nothing of it may have been given back */
void greedy (void)
{
    for (unsigned i = 0; i < cpus; i++) {

        struct cpu *const c = &mcpu[i];
        unsigned const p = c->cr3 & ROOT_PCID, top = page_id (c->cr3 & ~ROOT_PCID);

        if (gone >> top & 1)
            wrong = "a top-level table that was given back is loaded";

        for (unsigned s = 0; s < SLOTS; s++) {

            uint64_t const e = mem_load ((uintptr_t)&page[top].e[s], 8);

            if (e)
                c->table[p][s] |= 1U << page_id (e);

            if (c->table[p][s] & gone)
                wrong = "a table that was given back is reachable";

            for (uint32_t m = c->table[p][s]; m; m &= m - 1)
                for (unsigned l = 0; l < SLOTS; l++) {
                    uint64_t const f = mem_load ((uintptr_t)&page[bit_low (m)].e[l], 8);
                    if (f)
                        c->leaf[p][s][l] |= 1U << page_id (f);
                    if (c->leaf[p][s][l] & gone && !leaves (i))
                        wrong = "a page that was given back is reachable";
                }
        }
    }
}

uint64_t take (void)
{
    unsigned const p = bit_low (~(uint64_t)taken);

    assert_true (p < PAGES);
    taken |= 1U << p;

    return (uint64_t)(uintptr_t)&page[p];
}

paddr_t root_of (struct space_hst *s, unsigned c)
{
    return root_tagged (mem_load ((uintptr_t)&s->cpu_table[c], 8), s->tag);
}

/* Exploration ------------------------------------------------------------------------------------------------------- */

static uint64_t state (void)
{
    uint64_t h = orders_digest (1, mcpu, sizeof *mcpu * cpus);

    for (unsigned c = 0; c < cpus; c++) {
        uint64_t const v[] = { mem_load ((uintptr_t)&area[c].root, 8), mem_load ((uintptr_t)&area[c].tlb_request, 4),
                               mem_load ((uintptr_t)&area[c].tlb_done, 4), mem_load ((uintptr_t)&area[c].arch.stale, 8),
                               mem_load ((uintptr_t)&area[c].arch.stale_pcid[0], 8) };
        h = orders_digest (h, v, sizeof v);
    }

    for (unsigned p = 0; p < PAGES; p++)
        h = orders_digest (h, page[p].e, sizeof page[p].e);

    uint64_t const v[] = { gone, taken, model_extra(), mem_load ((uintptr_t)flag, 8) };

    h = orders_digest (h, v, sizeof v);

    for (unsigned s = 0; s < SPACES; s++)
        h = orders_digest (h, space[s].cpu_table, sizeof *space[s].cpu_table * CPUS);

    return h;
}

static void run_script (void)
{
    script[self]();

    struct cpu *const c = &mcpu[self];

    for (;;) {                                          /* in user mode for ever                                    */
        c->user = c->done = true;
        yield();
        c->user = c->done = c->take = c->interrupt = false;
        learn (3);
        tlb_serve();
    }
}

static void resume (unsigned i)
{
    self = i;
    cpu_local.id = i;
    coroutine_enter (i);
}

/* Choices: 3 i: CPU i goes on; 3 i + 1: its oldest store drains; 3 i + 2: its interrupt arrives */
static unsigned choices (uint8_t list[ORDERS_CHOICES])
{
    unsigned n = 0;

    for (unsigned i = 0; i < cpus; i++) {

        struct cpu const *const c = &mcpu[i];

        if (!c->done && !waits (c))
            list[n++] = (uint8_t)(i * 3);
        if (c->stores)
            list[n++] = (uint8_t)(i * 3 + 1);
        if (c->user && c->interrupt && broken != NO_INTERRUPT)
            list[n++] = (uint8_t)(i * 3 + 2);
    }

    return n;
}

static void act (unsigned choice)
{
    unsigned const i = choice / 3;

    if (choice % 3 == 1)
        drain (&mcpu[i]);
    else {
        mcpu[i].take = choice % 3 == 2;
        resume (i);
    }

    greedy();
}

static void reset_machine (void const *scenario)
{
    struct scenario const *const s = scenario;

    memset (mcpu, 0, sizeof mcpu);
    memset (area, 0, sizeof area);
    memset (space, 0, sizeof space);
    memset (&nova, 0, sizeof nova);
    memset (flag, 0, sizeof flag);
    for (unsigned p = 0; p < PAGES; p++)
        memset (page[p].e, 0, sizeof page[p].e);

    gone = taken = flushes = 0;
    cpus = s->cpus;
    cpus_online.bits = BIT64 (cpus) - 1;
    pcid_enable();

    for (unsigned c = 0; c < cpus; c++) {
        cpu_remote[c] = &area[c];
        mem_store ((uintptr_t)&nova.cpu_table[c], 8, take());
        mcpu[c].cr3 = root_of (&nova, c);
        mem_store ((uintptr_t)&area[c].root, 8, mcpu[c].cr3);
        script[c] = s->script[c];
    }

    running = false;
    fixed   = !s->grows;
    s->setup();
    running = true;

    for (unsigned c = 0; c < cpus; c++) {
        coroutine_make (c, run_script);
        resume (c);
    }
}

static bool finished (void)
{
    for (unsigned c = 0; c < cpus; c++)
        if (!mcpu[c].done)
            return false;

    return true;
}

static struct machine const machine = {
    .reset = reset_machine, .choices = choices, .act = act, .finished = finished, .state = state,
};

void reset (struct scenario const *s) { wrong = NULL; reset_machine (s); }

char const *explore (struct scenario const *s) { return orders_all (&machine, s, s->name); }

char const *at_random (struct scenario const *s, unsigned runs, uint64_t seed) { return orders_random (&machine, s, runs, seed); }
