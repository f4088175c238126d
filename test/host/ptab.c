/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-table core with one address bit per level (see rules.mk), in formats of 2 and 3 levels: every sequence of three
 * updates, every failing allocation in the last one, every place at which another CPU can come between.
 */
#include <ptab.h>

#include <core.h>

_Static_assert (PTAB_BPL == 1, "this program needs the tiny geometry");

/* Entry: present, table, level (checked), attributes in bits 4 ... 6, moved by the level */
enum { P = 1, T = 2 };

#define ADDR        UINT64_C (0x000ffffffffff000)
#define LEVELS_MAX  3
#define PAGES_MAX   8
#define HOLE        0

static unsigned leaf_max_now, dead_tables;
static size_t base;

static unsigned leaf_max (void) { return leaf_max_now; }

static unsigned inspections;                            /* another CPU comes at the n-th inspection of an entry     */
static void (*another) (void);

static enum pte_kind kind (uint64_t e, unsigned level)
{
    if (inspections && !--inspections)
        another();

    if (!(e & P))
        return PTE_HOLE;

    if (e & T) {
        assert_true (level);
        return PTE_TABLE;
    }

    assert_int_equal (e >> 52, level + 1);              /* a leaf of this level, converted exactly once             */
    assert_true (level <= leaf_max_now);
    return PTE_LEAF;
}

static uint64_t leaf (uint64_t attr, unsigned level)
{
    assert_true ((attr & P) && !(attr & ~UINT64_C (0x71)));
    return P | (attr & 0x70) << level | (uint64_t)(level + 1) << 52;
}

static uint64_t attr (uint64_t e, unsigned level)
{
    assert_int_equal (e >> 52, level + 1);
    return P | ((e & 0xff0) >> level & 0x70);
}

static void free_tables (pte_slot_t *table, unsigned level)
{
    for (unsigned i = 0; level && i < PTAB_ENTRIES; i++) {
        uint64_t const e = rlx_load (&table[i]);
        if (kind (e, level) == PTE_TABLE)
            free_tables (kmem_virt (e & ADDR), level - 1);
    }

    buddy_free (table);                                 /* asserts that it is a table in use                        */
}

static struct { pte_slot_t *table; unsigned level; } later[64];
static bool grace;                                      /* somebody may still be in there                           */

static void dead (pte_slot_t *table, unsigned level)
{
    if (grace) {
        assert_true (dead_tables < ARRAY_SIZE (later));
        later[dead_tables].table = table;
        later[dead_tables].level = level;
    }

    dead_tables++;

    if (!grace)
        free_tables (table, level);
}

#define FMT(n) { .levels = n, .leaf_max = leaf_max, .addr_mask = ADDR, .table_attr = P | T, .kind = kind, .leaf = leaf, .attr = attr, \
                 .dead = dead }

static struct ptab_fmt const fmt2 = FMT (2), fmt3 = FMT (3);
static unsigned levels;

static NOINLINE uint64_t lookup (pte_slot_t *root, uint64_t va, paddr_t *pa, unsigned *order)
{
    return levels == 2 ? ptab_lookup (&fmt2, root, va, pa, order) : ptab_lookup (&fmt3, root, va, pa, order);
}

static NOINLINE enum status update (pte_slot_t *root, uint64_t va, paddr_t pa, unsigned order, uint64_t a, bool *flush)
{
    for (uint64_t i = 0; i < BIT64 (order); ) {         /* as mem_delegate() goes on where it met somebody          */

        unsigned const o = i ? MIN (order, bit_low (i)) : order;
        uint64_t const at = va + (i << 12), to = a ? pa + (i << 12) : 0;
        long const s = levels == 2 ? ptab_update (&fmt2, root, at, to, o, a, flush) : ptab_update (&fmt3, root, at, to, o, a, flush);

        if (s != STATUS_SUCCESS && !ptab_is_met (s))
            return (enum status)s;

        i += s == STATUS_SUCCESS ? BIT64 (o) : ptab_met_behind (s);
    }

    return STATUS_SUCCESS;
}

static struct page { uint64_t pa, attr; } model[PAGES_MAX];

static unsigned pages (void) { return 1U << levels; }

static unsigned tables (pte_slot_t *table, unsigned level)
{
    unsigned n = 1;

    for (unsigned i = 0; level && i < PTAB_ENTRIES; i++) {
        uint64_t const e = rlx_load (&table[i]);
        if (kind (e, level) == PTE_TABLE)
            n += tables (kmem_virt (e & ADDR), level - 1);
    }

    return n;
}

static void compare (pte_slot_t *root, struct page const *want)
{
    for (unsigned p = 0; p < pages(); p++) {

        paddr_t pa;
        unsigned order;
        uint64_t const a = lookup (root, (uint64_t)p << 12 | 0x123, &pa, &order);

        assert_int_equal (a, want[p].attr);
        assert_int_equal (pa, a ? want[p].pa | 0x123 : 0);
        assert_true (order < levels);

        for (unsigned q = p & ~((1U << order) - 1); q < (p | ((1U << order) - 1)) + 1; q++) {   /* uniform around   */
            assert_int_equal (want[q].attr, a);
            assert_true (!a || want[q].pa - want[p].pa == ((uint64_t)q - p) << 12);
        }
    }

    assert_int_equal (core_pages(), base - tables (root, levels - 1));
}

#define VALUES 4

struct op { unsigned order, page; uint64_t pa, attr; };

/* Aligned areas of all orders, each with a hole, two attributes, and another address */
static unsigned ops (void) { return (2 * pages() - 1) * VALUES; }

static struct op op (unsigned n)
{
    unsigned const v = n % VALUES;
    unsigned area = n / VALUES, order = 0;

    for (; area >= pages() >> order; order++)
        area -= pages() >> order;

    struct op o = { .order = order, .page = area << order };

    if (v) {
        o.attr = P | (v == 2 ? 0x50 : 0x20);
        o.pa   = (uint64_t)(v == 3 ? 0x1000 : 0x100 + o.page) << 12;    /* v 1 and 2: neighbours fit together       */
    }

    return o;
}

static void expect (struct page *want, struct op o)
{
    for (unsigned p = o.page; p < o.page + (1U << o.order); p++) {
        want[p].attr = o.attr;
        want[p].pa   = o.pa + ((uint64_t)(p - o.page) << 12);
    }
}

static void apply (pte_slot_t *root, struct op o)
{
    struct page before[PAGES_MAX];
    bool flush = false, changed = false;

    memcpy (before, model, sizeof model);
    dead_tables = 0;

    assert_int_equal (update (root, (uint64_t)o.page << 12, o.pa, o.order, o.attr, &flush), STATUS_SUCCESS);
    expect (model, o);

    for (unsigned p = 0; p < pages(); p++)
        changed |= before[p].attr && (before[p].attr != model[p].attr || before[p].pa != model[p].pa);

    assert_true (flush || !changed);
    assert_true (!flush || changed || dead_tables);
    compare (root, model);
}

/* The n-th allocation fails: what comes before the page where it happened is done, the rest is as it was. */
static bool apply_failing (pte_slot_t *root, struct op o, unsigned n)
{
    struct page want[PAGES_MAX];
    bool flush = false, changed = false;

    memcpy (want, model, sizeof model);
    dead_tables = 0;
    core_fail = n;

    enum status const s = update (root, (uint64_t)o.page << 12, o.pa, o.order, o.attr, &flush);
    bool const failed = !core_fail;

    core_fail = 0;
    assert_int_equal (s, failed ? STATUS_MEM_CAP : STATUS_SUCCESS);

    expect (want, o);

    unsigned p = o.page;                                /* the first page that is not done                          */

    for (; p < o.page + (1U << o.order); p++) {
        paddr_t pa;
        unsigned order;
        uint64_t const a = lookup (root, (uint64_t)p << 12, &pa, &order);
        if (a != want[p].attr || (a && pa != want[p].pa))
            break;
    }

    for (unsigned q = p; q < pages(); q++)
        want[q] = model[q];

    for (unsigned q = 0; q < pages(); q++)
        changed |= model[q].attr && (model[q].attr != want[q].attr || model[q].pa != want[q].pa);

    assert_true (flush || !changed);
    assert_true (!flush || changed || dead_tables);
    compare (root, want);

    return failed;
}

static pte_slot_t *start (void)
{
    memset (model, 0, sizeof model);
    pte_slot_t *const root = buddy_alloc (0, BUDDY_ZERO);
    assert_non_null (root);
    return root;
}

static void finish (pte_slot_t *root)
{
    free_tables (root, levels - 1);
    assert_int_equal (core_pages(), base);
}

static void sequences (unsigned l, unsigned max, bool failing)
{
    levels = l;
    leaf_max_now = max;

    for (unsigned a = 0; a < ops(); a++)
        for (unsigned b = 0; b < ops(); b++)
            for (unsigned c = 0; c < ops(); c++)
                for (unsigned n = !!failing; ; n++) {

                    pte_slot_t *const root = start();
                    bool more = false;

                    apply (root, op (a));
                    apply (root, op (b));
                    if (failing)
                        more = apply_failing (root, op (c), n);
                    else
                        apply (root, op (c));
                    finish (root);

                    if (!more)
                        break;
                }
}

static void two_levels (void **state)        { (void)state; for (unsigned m = 0; m < 2; m++) sequences (2, m, false); }
static void two_levels_full (void **state)   { (void)state; for (unsigned m = 0; m < 2; m++) sequences (2, m, true); }
static void three_levels_0 (void **state)    { (void)state; sequences (3, 0, false); }
static void three_levels_1 (void **state)    { (void)state; sequences (3, 1, false); }
static void three_levels_2 (void **state)    { (void)state; sequences (3, 2, false); }
static void three_levels_full (void **state) { (void)state; sequences (3, 1, true); }

static struct { pte_slot_t *root; struct op op; bool flush; } b;

static void update_b (void)
{
    assert_int_equal (update (b.root, (uint64_t)b.op.page << 12, b.op.pa, b.op.order, b.op.attr, &b.flush), STATUS_SUCCESS);
}

static bool covers (struct op o, unsigned p) { return p >= o.page && p < o.page + (1U << o.order); }

static bool is (struct page p, struct page q) { return p.attr == q.attr && (!p.attr || p.pa == q.pa); }

/* Update a is under way, b comes between at the n-th inspection. Returns false when a has no more of them. */
static bool interleave (struct op first, struct op second, struct op a, struct op o, unsigned n)
{
    pte_slot_t *const root = start();
    struct page old[PAGES_MAX], with_a[PAGES_MAX], with_b[PAGES_MAX], found[PAGES_MAX] = { 0 };
    bool flush = false, changed = false;

    apply (root, first);
    apply (root, second);
    memcpy (old, model, sizeof old);
    memcpy (with_a, model, sizeof old);
    memcpy (with_b, model, sizeof old);
    expect (with_a, a);
    expect (with_b, o);

    b.root  = root;
    b.op    = o;
    b.flush = false;
    another = update_b;
    inspections = n;
    grace = true;
    dead_tables = 0;

    enum status const s = update (root, (uint64_t)a.page << 12, a.pa, a.order, a.attr, &flush);
    bool const came = !inspections;

    inspections = 0;
    grace = false;

    for (unsigned i = 0; i < dead_tables; i++)
        free_tables (later[i].table, later[i].level);

    assert_int_equal (s, STATUS_SUCCESS);

    for (unsigned p = 0; p < pages(); p++) {

        unsigned order;

        found[p].attr = lookup (root, (uint64_t)p << 12, &found[p].pa, &order);

        bool const is_a = is (found[p], with_a[p]), is_b = is (found[p], with_b[p]), in_b = came && covers (o, p);

        if (covers (a, p) && in_b)
            assert_true (is_a || is_b);
        else if (in_b)
            assert_true (is_b);
        else if (covers (a, p))
            assert_true (is_a);
        else
            assert_true (is (found[p], old[p]));

        changed |= old[p].attr && !is (old[p], found[p]);
    }

    assert_true (flush || b.flush || !changed);
    compare (root, found);
    finish (root);

    return came;
}

static void interrupted (void **state)
{
    (void)state;

    levels = 2;

    for (leaf_max_now = 0; leaf_max_now < 2; leaf_max_now++)
        for (unsigned i = 0; i < ops(); i++)
            for (unsigned j = 0; j < ops(); j++)
                for (unsigned k = 0; k < ops(); k++)
                    for (unsigned n = 1; interleave (op (i), op (i), op (j), op (k), n); n++) ;
}

static void interrupted_3 (void **state)
{
    (void)state;

    uint64_t seed = 53;

    levels = 3;

    for (unsigned run = 0; run < 30000; run++) {

        uint64_t const r = host_random (&seed);

        leaf_max_now = run % 3;
        for (unsigned n = 1; interleave (op ((unsigned)(r & 0xff) % ops()), op ((unsigned)(r >> 8 & 0xff) % ops()),
                                         op ((unsigned)(r >> 16 & 0xff) % ops()), op ((unsigned)(r >> 24 & 0xff) % ops()), n); n++) ;
    }
}

static void long_runs (void **state)
{
    (void)state;

    uint64_t seed = 29;

    for (levels = 2; levels <= 3; levels++)
        for (unsigned run = 0; run < 300; run++) {

            leaf_max_now = run % levels;
            pte_slot_t *const root = start();

            for (unsigned i = 0; i < 200; i++)
                apply (root, op ((unsigned)(host_random (&seed) % ops())));
            finish (root);
        }
}

static int group (void **state)
{
    (void)state;
    core_pool_init();
    base = core_pages();
    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (two_levels),
        cmocka_unit_test (two_levels_full),
        cmocka_unit_test (three_levels_0),
        cmocka_unit_test (three_levels_1),
        cmocka_unit_test (three_levels_2),
        cmocka_unit_test (three_levels_full),
        cmocka_unit_test (interrupted),
        cmocka_unit_test (interrupted_3),
        cmocka_unit_test (long_runs),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}
