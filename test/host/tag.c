/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aarch64: tags of host spaces, ASIDs and VMIDs. tag.c, tlb.c, space_root.c and the switch of spaces on a machine with tagged TLBs, in
 * all orders of short scripts. Each rule is broken on purpose once (enum broken): the model must then find an order in which
 * a CPU reaches what was given back or what is another space's.
 */
#include <tag_machine.h>

#include <tlb.h>

/* The kernel's code, but for what is broken */
static paddr_t bad_table;

#define root_flush(r)   (broken == NO_FLUSH ? (void)(r) : broken == OWN_TABLE && bad_table ? root_flush (bad_table) : root_flush (r))
#include <../arch/aarch64/tag.c>
#undef root_flush
#include <../arch/aarch64/tlb.c>

#define root_flush(r)   (broken == NO_RETIRE_FLUSH ? (void)(r) : root_flush (r))
#include <../arch/aarch64/space_root.c>
#undef root_flush

unsigned hpt_levels = 2, hpt_root_order;

/* What the kernel's code calls: memory is somebody else's from here on */
static void give_back (void const *p) { gone |= 1U << page_id ((uintptr_t)p); }

void *buddy_alloc (unsigned order UNUSED, enum buddy_fill fill UNUSED) { return NULL; }
void buddy_free (void *p) { give_back (p); }

void hpt_dead (pte_slot_t *table, unsigned level UNUSED)
{
    uint64_t const *const e = page[page_id ((uintptr_t)table)].e;

    for (unsigned l = 0; l < SLOTS; l++)
        if (e[l])
            give_back ((void const *)(uintptr_t)e[l]);

    give_back (table);
}
/* What the scripts are made of --------------------------------------------------------------------------------------- */

#define A (&space[0])
#define B (&space[1])
#define C (&space[2])

static void make_space (struct space_hst *s, bool tagged)
{
    uint64_t const top = take (number (s));

    s->tag   = tagged ? tag_alloc() : 0;
    s->table = (pte_slot_t *)top;
    assert_true (!tagged == !s->tag);

    uint64_t const t = take (number (s));

    page[page_id (top)].e[0] = t | HPT_TABLE;
    for (unsigned l = 0; l < SLOTS; l++)
        page[page_id (t)].e[l] = take (number (s));
}

/* As space_hst_delegate() and ec_retire() do: the entry, the shootdown, then the page is somebody else's */
static void unmap (struct space_hst *s, unsigned l)
{
    struct page *const t = &page[page_id (page[page_id ((uintptr_t)s->table)].e[0])];
    uint64_t const old = t->e[l];

    learn (old);
    entry (&t->e[l], 0);
    tlb_shootdown (s);
    give_back ((void const *)(uintptr_t)old);
}

static void leave (struct space_hst *s)
{
    loaded[self] = 0;
    leaving = true;
    space_hst_leave (space_hst_root (s, NULL, (cpu_t)self));
    leaving = false;
}

/* As space_hst_retire() does */
static void retire (struct space_hst *s)
{
    while (space_root_retire (s)) ;

    bad_table = (uintptr_t)s->table | s->tag;
    tag_free (s->tag);
    bad_table = 0;
}

static void raise_flag (void) { flag++; }

/* Scenarios ---------------------------------------------------------------------------------------------------------- */


static void back_and_forth (void) { go (B); go (A); go (&space_hst_nova); go (A); }
static void unmap_0 (void)      { unmap (A, 0); user(); }
static void unmap_1 (void)      { unmap (A, 1); user(); }
static void unmap_and_go (void) { unmap (A, 0); user(); go (B); go (A); }
static void unmap_b_and_go (void) { unmap (B, 1); user(); go (A); }

/* A space goes; the next one gets its tag */
static void reuse (void)
{
    uint64_t const tag = A->tag;

    await (1);
    leave (A);
    retire (A);
    make_space (C, tag);
    if (C->tag != tag)
        wrong = "another tag";
    raise_flag();
    go (C);
}

static void leave_and_enter (void)
{
    leave (A);
    raise_flag();
    user();
    await (2);
    go (C);
    go (B);
    go (C);
}

static struct scenario const
    switching   = { "switching",            2, 3, { unmap_0, back_and_forth },                      { 0, 1 } },
    from_b      = { "from another space",   2, 3, { unmap_and_go, back_and_forth },                 { 2, 1 } },
    both        = { "both",                 2, 3, { unmap_and_go, unmap_b_and_go },                 { 1, 2 } },
    three       = { "three",                3, 3, { unmap_0, unmap_1, back_and_forth },             { 1, 2, 1 } },
    reused      = { "reuse",                2, 3, { reuse, leave_and_enter },                       { 1, 1 } },
    none        = { "no tags",              2, 0, { unmap_and_go, back_and_forth },                 { 2, 1 } },
    none_both   = { "no tags, both",        2, 0, { unmap_and_go, unmap_b_and_go },                 { 1, 2 } },
    none_reused = { "no tags, reuse",       2, 0, { reuse, leave_and_enter },                       { 1, 1 } },
    mixed       = { "one tag",              2, 2, { unmap_and_go, back_and_forth },                 { 2, 1 } },
    mixed_2     = { "the other tag",        2, 1, { unmap_and_go, unmap_b_and_go },                 { 2, 1 } };

static struct scenario const *const scenarios[] = {
    &switching, &from_b, &both, &three, &reused, &none, &none_both, &none_reused, &mixed, &mixed_2,
};

void model_setup (struct scenario const *s)
{
    memset (used, 0, sizeof used);
    used[0] = ~(BIT64 (TAGS) - 1) | 1;
    first   = 0;
    words   = 1;

    make_space (A, s->tagged & 1);
    make_space (B, s->tagged & 2);
}

uint64_t model_extra (void) { return used[0]; }

static void every_order (void **state UNUSED)
{
    broken = RIGHT;

    for (unsigned v = 0; v < 2; v++)
        for (unsigned i = 0; i < ARRAY_SIZE (scenarios); i++) {

            vhe_on = v;

            char const *const w = explore (scenarios[i]);

            if (w)
                fail_msg ("%s, %s: %s", scenarios[i]->name, v ? "ASIDs" : "VMIDs", w);
        }
}

/* Each rule is needed: without it, some order lets a CPU reach what it must not */
static void broken_rules (void **state UNUSED)
{
    static struct { enum broken rule; char const *name; struct scenario const *s; unsigned modes; } const rule[] = {
        { NO_FLUSH,             "tag reused without a flush",           &reused,        3 },
        { NO_STORE_BARRIER,     "no DSB before TLBI",                   &switching,     3 },
        { NO_WAIT,              "no DSB after TLBI",                    &switching,     3 },
        { LOCAL,                "TLBI of this CPU alone",               &switching,     3 },
        { NO_ISB,               "no ISB between VTTBR and TLBI",        &from_b,        1 },
        { NO_ISB_LEAVING,       "no ISB before tables are left",        &reused,        2 },
        { NO_RESTORED_FLUSH,    "VMID 0 kept after the other's flush",  &none,          1 },
        { NO_UNTAGGED_FLUSH,    "tag 0 kept by a switch",               &none,          3 },
        { OWN_TABLE,            "flush with the table loaded",          &reused,        1 },
        { NO_RETIRE_FLUSH,      "tables without a tag freed unflushed", &none_reused,   2 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (rule); i++)
        for (unsigned v = 0; v < 2; v++) {

            if (!(rule[i].modes >> v & 1))
                continue;

            vhe_on = v;
            broken = rule[i].rule;

            char const *const w = explore (rule[i].s);

            fprintf (stderr, "           %s, %s: %s\n", rule[i].name, v ? "ASIDs" : "VMIDs", w ? w : "nothing found");
            assert_non_null (w);
        }

    broken = RIGHT;
}

/* All tags but 0, each once, until there are none; what is given back is found again. 8 and 16 bits. */
static void allocation (void **state UNUSED)
{
    static bool have[65536];

    cpus = 1;
    self = 0;

    for (unsigned bits = 8; bits <= 16; bits += 8) {

        unsigned const count = 1U << bits;

        memset (have, 0, sizeof have);
        memset (used, 0, sizeof used);
        used[0] = 1;
        first   = 0;
        tag_init (bits);

        for (unsigned i = 1; i < count; i++) {
            uint64_t const t = tag_alloc();
            assert_int_equal (t & ~ROOT_TAG, 0);
            assert_true (tag_of (t) && tag_of (t) < count && !have[tag_of (t)]);
            have[tag_of (t)] = true;
        }

        broken = NO_FLUSH;                              /* the model has fewer tags                                 */
        for (unsigned i = 1; i < count; i += 7) {
            assert_int_equal (tag_alloc(), 0);
            tag_free (0);
            tag_free ((uint64_t)i << ROOT_TAG_SHIFT);
            assert_int_equal (tag_alloc(), (uint64_t)i << ROOT_TAG_SHIFT);
        }
        broken = RIGHT;

        assert_int_equal (tag_alloc(), 0);
        assert_int_equal (root_tagged (0x1000, 0), 0x1000 | ROOT_UNTAGGED);
        assert_int_equal (root_tagged (0x1000, ROOT_TAG), 0x1000 | ROOT_TAG);
    }
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (allocation),
        cmocka_unit_test (broken_rules),
        cmocka_unit_test (every_order),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
