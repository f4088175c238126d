/* SPDX-License-Identifier: GPL-2.0-only */
#include <tagged_tlb.h>

#include <tlb.h>

#include <sanitizer/asan_interface.h>

#define STACK       0x10000
#define DEPTH       2000
#define SEEN_BITS   22

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
char const *wrong;
bool running;

static bool fixed;                                      /* no tables of CPUs are made                               */

static void *sp_main, *sp[CPUS];                        /* stack pointers of those that do not run                  */
static char stack[CPUS][STACK] ALIGNED (16);
static void (*script[CPUS]) (void);

unsigned page_id (uintptr_t a) { return (unsigned)((a - (uintptr_t)page) / PAGE_SIZE); }

void learn (uint64_t v)
{
    struct cpu *const c = &mcpu[self];

    c->history = (c->history ^ v) * UINT64_C (0x9e3779b97f4a7c15);
    c->history ^= c->history >> 29;
}

/* Goes on where the other stack left off; the registers that a function preserves are on the stacks. Much faster than ucontext.h */
void stack_switch (void **from, void *to);

__asm__ (".text; .globl stack_switch; stack_switch: push %rbp; push %rbx; push %r12; push %r13; push %r14; push %r15;"
         "mov %rsp, (%rdi); mov %rsi, %rsp; pop %r15; pop %r14; pop %r13; pop %r12; pop %rbx; pop %rbp; ret");

/* The end of a step; not while a scenario is set up */
void yield (void)
{
    if (!running)
        return;

    stack_switch (&sp[self], sp_main);
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

static uint64_t seen[1U << SEEN_BITS];
static unsigned states;

static struct { uint8_t choice, of; } path[DEPTH];

static uint64_t mix (uint64_t h, void const *data, size_t size)
{
    uint64_t w;

    for (size_t i = 0; i + 8 <= size; i += 8) {
        memcpy (&w, (char const *)data + i, 8);
        h = (h ^ w) * UINT64_C (0x9fb21c651e98df25);
        h ^= h >> 32;
    }

    return h;
}

/* True if this state is new */
static bool arrive (void)
{
    uint64_t h = mix (1, mcpu, sizeof *mcpu * cpus);

    for (unsigned c = 0; c < cpus; c++) {
        uint64_t const v[] = { mem_load ((uintptr_t)&area[c].root, 8), mem_load ((uintptr_t)&area[c].tlb_request, 4),
                               mem_load ((uintptr_t)&area[c].tlb_done, 4), mem_load ((uintptr_t)&area[c].arch.stale, 8),
                               mem_load ((uintptr_t)&area[c].arch.stale_pcid[0], 8) };
        h = mix (h, v, sizeof v);
    }

    for (unsigned p = 0; p < PAGES; p++)
        h = mix (h, page[p].e, sizeof page[p].e);

    uint64_t const v[] = { gone, taken, model_extra(), mem_load ((uintptr_t)flag, 8) };

    h = mix (h, v, sizeof v);

    for (unsigned s = 0; s < SPACES; s++)
        h = mix (h, space[s].cpu_table, sizeof *space[s].cpu_table * CPUS);

    h += !h;

    for (uint64_t i = h;; i++) {

        uint64_t *const slot = &seen[i & ((1U << SEEN_BITS) - 1)];

        if (*slot == h)
            return false;

        if (!*slot) {
            *slot = h;
            states++;
            return true;
        }
    }
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
    stack_switch (&sp_main, sp[i]);
}

/* Choices: 3 i: CPU i goes on; 3 i + 1: its oldest store drains; 3 i + 2: its interrupt arrives */
static unsigned choices (uint8_t list[CPUS * 3])
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

void reset (struct scenario const *s)
{
    memset (mcpu, 0, sizeof mcpu);
    memset (area, 0, sizeof area);
    memset (space, 0, sizeof space);
    memset (&nova, 0, sizeof nova);
    memset (flag, 0, sizeof flag);
    for (unsigned p = 0; p < PAGES; p++)
        memset (page[p].e, 0, sizeof page[p].e);

    gone = taken = flushes = 0;
    wrong = NULL;
    cpus  = s->cpus;
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

        ASAN_UNPOISON_MEMORY_REGION (stack[c], STACK);

        uintptr_t *const top = (uintptr_t *)((uintptr_t)stack[c] + STACK) - 8;

        top[0] = (uintptr_t)run_script;                 /* where it returns to, below it what it pops               */
        sp[c]  = top - 6;
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

/* All orders. Returns what is wrong in one of them, or null. */
char const *explore (struct scenario const *s)
{
    unsigned length = 0, runs = 0;
    uint8_t list[CPUS * 3];

    memset (seen, 0, sizeof seen);
    states = 0;

    do {
        unsigned d = 0;

        reset (s);
        runs++;

        for (;; d++) {

            unsigned const n = choices (list);

            if (!n && !finished())
                wrong = "CPUs wait for each other";

            if (wrong)
                return wrong;

            if (!n)
                break;

            assert_true (d < DEPTH);

            if (d >= length) {
                if (!arrive())
                    break;
                path[d].choice = 0;
                path[d].of = (uint8_t)n;
                length = d + 1;
            }

            act (list[path[d].choice]);
        }

        assert_true (states < (1U << SEEN_BITS) * 3 / 4);

        while (length && path[length - 1].choice + 1 == path[length - 1].of)
            length--;

        if (length)
            path[length - 1].choice++;

    } while (length);

    fprintf (stderr, "           %s: %u states, %u runs\n", s->name, states, runs);

    return NULL;
}

/* Orders at random; each CPU has its own pace for a while */
char const *at_random (struct scenario const *s, unsigned runs, uint64_t seed)
{
    uint8_t list[CPUS * 3];

    while (runs--) {

        uint64_t const slow = host_random (&seed);

        reset (s);

        for (unsigned d = 0;; d++) {

            unsigned const n = choices (list);

            if (!n && !finished())
                wrong = "CPUs wait for each other";

            if (wrong)
                return wrong;

            if (!n)
                break;

            unsigned c = list[host_random (&seed) % n];

            if (slow >> c & 1 && host_random (&seed) % 8)
                c = list[host_random (&seed) % n];

            act (c);
            assert_true (d < 100000);
        }
    }

    return NULL;
}
