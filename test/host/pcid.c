/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Address-space switches without flushing: tlb.c, pcid.c and the switch of spaces on the machine of tagged_tlb.h, in all orders of
 * short scripts. Every rule of the design is broken on purpose once (enum broken): the model must then find an order in
 * which a CPU reaches what was given back.
 */
#include <tagged_tlb.h>

enum broken broken;

#include <../arch/x86_64/pcid.c>

static void shoot_mark (cpu_t c, uint64_t tag)
{
    struct cpu_arch *const a = &cpu_remote[c]->arch;

    if (broken == NO_MARK)
        return;

    if (broken == MARK_BIT_ONLY && rlx_load (&a->stale_pcid[0]) & BIT64 (tag & 63))
        return;

    tag_stale (c, tag);
}

static void shoot_flush (void)
{
    if (broken != FLUSH_FIRST) {
        tlb_flush_local();
        return;
    }

    cr3_write (rlx_load (&cpu_local.root) & ~ROOT_KEEP);
    pcid_unmark (rlx_load (&cpu_local.root));
}

#define tag_stale       shoot_mark
#define tlb_flush_local shoot_flush
#include <../kernel/tlb.c>
#undef tag_stale
#undef tlb_flush_local

uint64_t model_extra (void) { return used[0]; }

/* What the scripts are made of -------------------------------------------------------------------------------------- */

/* In user mode until the CPU goes on: interrupts come in first, or not */
static void user (void)
{
    struct cpu *const c = &mcpu[self];

    c->passes++;

    for (;;) {

        c->user = true;
        yield();
        c->user = false;

        if (!c->take)
            return;

        c->take = c->interrupt = false;
        learn (1);
        tlb_serve();
    }
}

/* Each other CPU is in user mode, or comes there: it has passed a quiescent state */
static void grace (void)
{
    uint64_t passes[CPUS];

    for (unsigned i = 0; i < cpus; i++)
        passes[i] = mcpu[i].passes;

    for (unsigned i = 0; i < cpus; i++)
        if (i != self) {
            mcpu[self].grace = i + 1;
            mcpu[self].grace_passes = passes[i];
            user();
            mcpu[self].grace = 0;
        }
}

static void give_back (uint64_t p) { gone |= 1U << page_id (p); }

/* As space_hst_root() does */
static void make_root (struct space_hst *s, unsigned c, uint64_t user, uint64_t ports)
{
    uintptr_t const top = take();

    mem_store (top, 8, user);
    mem_store (top + 8, 8, ports);

    if (broken != NO_MARK_FOR_NEW)
        tag_stale ((cpu_t)c, s->tag);

    rel_store (&s->cpu_table[c], (uint64_t *)top);
}

/* A space with a table for user memory, one for ports, two pages in each. For set-up, before anything runs. */
static void make_tables (uint64_t t[SLOTS])
{
    for (unsigned s = 0; s < SLOTS; s++) {
        t[s] = take();
        for (unsigned l = 0; l < SLOTS; l++)
            mem_store (t[s] + l * 8, 8, take());
    }
}

static void bad_load (paddr_t root)
{
    cr3_write (root);

    if ((root & ROOT_KEEP) && rlx_load (&cpu_local.arch.stale) && root_fresh (root) != root)
        cr3_write (root & ~ROOT_KEEP);
}

static void go (struct space_hst *s)
{
    paddr_t const root = root_of (s, self);

    if (broken == LOOK_FIRST) {
        paddr_t const r = rlx_load (&cpu_local.arch.stale) ? root_fresh (root) : root;
        rlx_store (&cpu_local.root, root);
        cr3_write (r);
    } else if (broken == LOAD_FIRST) {
        rlx_store (&cpu_local.root, root);
        bad_load (root);
    } else
        space_hst_switch (root);

    user();
}

/* As space_hst_delegate() and ec_retire() do: the entry, the shootdown, then the page is somebody else's */
static void unmap (struct space_hst *s, unsigned l)
{
    uint64_t const table = mem_load (mem_load ((uintptr_t)&s->table, 8), 8);
    uint64_t const old = atomic_swap (&page[page_id (table)].e[l], 0);

    tlb_shootdown (s);
    give_back (old);
}

/* As show() in space_pio.c does: plain stores, of all CPUs; the tables go later */
static void hide_ports (struct space_hst *s)
{
    uint64_t const old = mem_load (mem_load ((uintptr_t)&s->table, 8) + 8, 8);

    for (unsigned c = 0; c < cpus; c++) {
        uint64_t const top = mem_load ((uintptr_t)&s->cpu_table[c], 8);
        if (top)
            rlx_store (&page[page_id (top)].e[1], 0);
    }

    tlb_shootdown (s);
    grace();
    give_back (old);
    give_back (mem_load (old, 8));
    give_back (mem_load (old + 8, 8));
}

/* As space_hst_retire() does: no CPU has it loaded */
static void destroy (struct space_hst *s)
{
    for (unsigned c = 0; c < cpus; c++) {

        uint64_t const top = mem_load ((uintptr_t)&s->cpu_table[c], 8);

        if (!top)
            continue;

        for (unsigned i = 0; i < SLOTS; i++) {
            uint64_t const t = mem_load (top + i * 8, 8);
            if (t && !(gone >> page_id (t) & 1)) {
                give_back (t), give_back (mem_load (t, 8)), give_back (mem_load (t + 8, 8));
            }
        }

        give_back (top);
        mem_store ((uintptr_t)&s->cpu_table[c], 8, 0);
    }

    tag_free (s->tag);
}

static void await (unsigned f)
{
    while (!acq_load (&flag[f]))
        model_pause();
}

/* Scenarios --------------------------------------------------------------------------------------------------------- */

#define A (&space[0])
#define B (&space[1])
#define C (&space[2])

static void make_space (struct space_hst *s, unsigned on)
{
    uint64_t t[SLOTS];

    s->tag = tag_alloc();
    make_tables (t);

    uintptr_t const master = take();                    /* in its place, a page that no CPU loads                   */
    mem_store (master, 8, t[0]);
    mem_store (master + 8, 8, t[1]);
    mem_store ((uintptr_t)&s->table, 8, master);

    for (unsigned c = 0; c < cpus; c++) {

        if (!(on >> c & 1))
            continue;

        uintptr_t const top = take();
        mem_store (top, 8, t[0]);
        mem_store (top + 8, 8, t[1]);
        mem_store ((uintptr_t)&s->cpu_table[c], 8, top);
    }
}

/* The CPU has been in the space, before the scenario begins */
static void visit (unsigned c, struct space_hst *s)
{
    self = cpu_local.id = c;
    space_hst_switch (root_of (s, c));
    greedy();
}

/* Both have been on these CPUs; others have no table, which makes the shootdown shorter */
static void two_spaces (unsigned on)
{
    make_space (A, on);
    make_space (B, on);

    for (unsigned c = cpus; c--; )
        if (on >> c & 1) {
            visit (c, A);
            visit (c, B);
            visit (c, &nova);
        }
}

/* CPU 0 changes a space that CPU 1 leaves and enters */
static void setup_switching (void)
{
    two_spaces (2);
    visit (1, A);
}

static void unmap_0 (void)      { unmap (A, 0); }
static void unmap_1 (void)      { unmap (A, 1); }
static void unmap_both (void)   { unmap (A, 0); unmap (A, 1); }
static void ports (void)        { hide_ports (A); }
static void back_and_forth (void) { go (B); go (A); go (&nova); go (A); }

/* Two CPUs change the space that both have loaded, then switch */
static void setup_both (void)
{
    two_spaces (7);
    visit (0, A);
    visit (1, A);
}

static void both_0 (void) { unmap (A, 0); }
static void both_0_go (void) { unmap (A, 0); go (B); go (A); }
static void both_1 (void) { unmap (A, 1); go (B); go (A); }

/* Two CPUs change a space that a third one enters */
static void setup_shooters (void)
{
    two_spaces (2);
    visit (1, B);
}

static void enter (void) { go (A); }

/* CPU 1 serves an old mark while CPU 0 sets one for the other space, which CPU 1 enters next */
static void setup_words (void)
{
    two_spaces (2);
    tag_stale (1, A->tag);
}

static void unmap_b (void) { unmap (B, 0); }
static void both_spaces (void) { go (A); go (B); }

/* A space goes, another one gets its PCID, and a third CPU changes that one at once */
static void setup_reuse (void)
{
    two_spaces (2);
    visit (1, A);
}

static void reuse (void)
{
    uint64_t t[SLOTS];

    await (0);

    uint64_t const tag = A->tag;

    destroy (A);
    C->tag = tag_alloc();
    if (C->tag != tag)
        wrong = "another PCID";

    make_tables (t);
    mem_store ((uintptr_t)&C->table, 8, take());
    mem_store ((uintptr_t)C->table, 8, t[0]);
    make_root (C, 1, t[0], t[1]);
    rel_store (&flag[1], 1);
}

static void leave_and_enter (void)
{
    go (&nova);
    rel_store (&flag[0], 1);
    await (1);
    go (C);
    go (B);
    go (C);
}

static void unmap_c (void) { await (1); unmap (C, 0); }

/* More spaces than PCIDs: both are without */
static void setup_untagged (void)
{
    memset (used, 0xff, sizeof used);
    setup_switching();
    assert_int_equal (A->tag | B->tag, 0);
}

static struct scenario const
    switching   = { "switching",    2, false, setup_switching, { unmap_0, back_and_forth } },
    twice       = { "twice",        2, false, setup_switching, { unmap_both, back_and_forth } },
    both        = { "both",         2, false, setup_both,      { both_0, both_1 } },
    shooters    = { "shooters",     3, false, setup_shooters,  { unmap_0, enter, unmap_1 } },
    words       = { "words",        2, false, setup_words,     { unmap_b, both_spaces } },
    port_bitmap = { "port bitmap",  2, false, setup_switching, { ports, back_and_forth } },
    reused      = { "reuse",        2, true,  setup_reuse,     { reuse, leave_and_enter } },
    reused_3    = { "reuse, 3",     3, true,  setup_reuse,     { reuse, leave_and_enter, unmap_c } },
    ports_3     = { "port bitmap, 3", 3, false, setup_both,    { ports, both_1, back_and_forth } },
    untagged    = { "untagged",     2, false, setup_untagged,  { unmap_0, back_and_forth } },
    all_three   = { "all three",    3, false, setup_both,      { both_0_go, both_1, back_and_forth } };

static struct scenario const *const scenarios[] = {
    &switching, &twice, &words, &port_bitmap, &reused, &reused_3, &untagged, &shooters,
};

static void holds (struct scenario const *s)
{
    char const *const w = explore (s);

    if (w)
        fail_msg ("%s: %s", s->name, w);
}

static void every_order (void **state)
{
    (void)state;

    broken = NONE;
    for (unsigned i = 0; i < ARRAY_SIZE (scenarios); i++)
        holds (scenarios[i]);
}

static void random_orders (void **state)
{
    (void)state;

    broken = NONE;

    static struct scenario const *const longer[] = { &both, &all_three, &ports_3 };

    for (unsigned i = 0; i < ARRAY_SIZE (longer); i++) {
        char const *const w = at_random (longer[i], 5000, 41 + i);
        if (w)
            fail_msg ("%s: %s", longer[i]->name, w);
    }
}

/* Each rule is needed: without it, some order lets a CPU reach what was given back */
static void broken_rules (void **state)
{
    static struct { enum broken rule; char const *name; struct scenario const *s; } const rule[] = {
        { NO_FENCE,         "no fence",                     &switching },
        { NO_MARK,          "no mark",                      &switching },
        { MARK_BIT_ONLY,    "summary left to others",       &shooters },
        { LOOK_FIRST,       "marks before the root",        &switching },
        { LOAD_FIRST,       "tables before the marks",      &switching },
        { FLUSH_FIRST,      "flush before the mark goes",   &both },
        { NO_SECOND_LOOK,   "no second look at the word",   &words },
        { NO_MARK_FOR_NEW,  "PCID reused without a mark",   &reused },
        { NO_INTERRUPT,     "no interrupt",                 &switching },
    };

    (void)state;

    for (unsigned i = 0; i < ARRAY_SIZE (rule); i++) {
        broken = rule[i].rule;
        char const *const w = explore (rule[i].s);
        fprintf (stderr, "           %s: %s\n", rule[i].name, w ? w : "nothing found");
        assert_non_null (w);
    }

    broken = NONE;
}

/* What it is good for: without a shootdown, nothing is dropped on the way there and back; with one, once, and only that space */
static void keeps (void **state)
{
    (void)state;

    static struct scenario const nothing = { "", 2, false, setup_switching, { unmap_0, unmap_0 } };

    reset (&nothing);
    running = false;

    unsigned const pa = A->tag & ROOT_PCID, pb = B->tag & ROOT_PCID;

    flushes = 0;
    visit (1, B), visit (1, A), visit (1, B);
    assert_int_equal (flushes, 0);
    assert_int_equal (mem_load ((uintptr_t)&area[1].arch.stale, 8), 0);
    assert_true (mcpu[1].leaf[pa][0][0] && mcpu[1].table[pa][0] && mcpu[1].leaf[pb][0][0]);

    self = cpu_local.id = 0;
    unmap (A, 0);
    assert_false (mcpu[1].interrupt);
    assert_int_equal (flushes, 0);
    visit (1, A);
    assert_int_equal (flushes, 1);
    assert_true (!mcpu[1].leaf[pa][0][0] && mcpu[1].leaf[pa][0][1] && mcpu[1].leaf[pb][0][0]);
    visit (1, B), visit (1, A);
    assert_int_equal (flushes, 1);
    assert_int_equal (mem_load ((uintptr_t)&area[1].arch.stale, 8), 0);
}

/* All PCIDs but 0, each once, until there are none; what is given back is found again. Marks of each are told apart. */
static void allocation (void **state)
{
    static bool have[PCID_COUNT];

    (void)state;

    memset (area, 0, sizeof area);
    self = cpu_local.id = 0;
    cpu_remote[0] = &area[0];
    running = false;
    memset (used, 0xff, sizeof used);
    assert_int_equal (tag_alloc(), 0);                  /* as long as they are off                                  */
    pcid_enable();

    for (unsigned i = 1; i < PCID_COUNT; i++) {
        uint64_t const t = tag_alloc();
        assert_int_equal (t & ~ROOT_PCID, ROOT_KEEP);
        assert_true ((t & ROOT_PCID) && !have[t & ROOT_PCID]);
        have[t & ROOT_PCID] = true;
    }

    for (unsigned i = 1; i < PCID_COUNT; i += 7) {
        assert_int_equal (tag_alloc(), 0);
        tag_free (0);
        tag_free (ROOT_KEEP | i);
        assert_int_equal (tag_alloc(), ROOT_KEEP | i);
    }

    for (unsigned i = 1; i < PCID_COUNT; i++) {
        uint64_t const t = ROOT_KEEP | i | 0x1234567000;
        assert_int_equal (root_fresh (t), t);
        tag_stale (0, ROOT_KEEP | i);
        assert_int_equal (root_fresh (t ^ 1), t ^ 1);
        assert_int_equal (mem_load ((uintptr_t)&area[0].arch.stale, 8), BIT64 (i / 64));
        assert_int_equal (root_fresh (t), t & ~ROOT_KEEP);
        assert_int_equal (mem_load ((uintptr_t)&area[0].arch.stale, 8), 0);
        assert_int_equal (root_fresh (t), t);
    }

    tag_stale (0, 0);
    assert_int_equal (mem_load ((uintptr_t)&area[0].arch.stale, 8), 0);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (allocation),
        cmocka_unit_test (keeps),
        cmocka_unit_test (random_orders),
        cmocka_unit_test (broken_rules),
        cmocka_unit_test (every_order),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
