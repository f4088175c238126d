/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The page-table core on several CPUs: every order in which their accesses to entries can happen (explore.h), for tables of two
 * entries and one to five levels. The core itself runs, unchanged, on the accessors of base/atomic.h beside this file.
 *
 * After each order:
 *  - for every page there is an order of the operations that agrees with what came before what and with every value that was
 *    read, then or at the end, and for all pages of the area that a look-up claims to be uniform;
 *  - a translation that could be in a TLB and is no longer right has somebody who will flush it;
 *  - each table is reachable from the root, or it was handed to dead() and freed once: the memory is what it was.
 *
 * The same with formats whose holes have names, with and without break before make, and with TLBs (explore.h): when an update ends, no
 * TLB holds what was there when it began and is not what it has put there, whoever took that away. At no moment can a TLB hold two entries
 * of one slot that differ in more than permissions, if they must not (Arm ARM, D8.16.1); nothing that has gone is left when all have done
 * their flushes, no entry stays broken, and CPUs that wait for each other go on.
 */
#include <explore.h>
#include <format.h>
#include <update.h>

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

_Static_assert (PTAB_BPL == 1, "this program needs the tiny geometry");

enum { LEVELS_MAX = 5, PAGES_MAX = 1 << LEVELS_MAX };

static struct op now[MODEL_CPUS];                       /* of each CPU                                              */
static unsigned cpus;

void model_program (unsigned cpu)
{
    struct op *const o = &now[cpu];
    uint64_t const va = (uint64_t)o->page << PAGE_BITS;
    bool flush = false, failed = false;

    if (o->look)
        o->attr = arm ? ptab_lookup_levels (&fmt_arm, levels, root, va, &o->pa, &o->found_order)
                      : ptab_lookup_levels (&fmt, levels, root, va, &o->pa, &o->found_order);
    else
        failed = update (cpu, o, &flush) != STATUS_SUCCESS;

    if (flush && model_tlb)
        final_flush (cpu);

    o->flush  = flush;
    o->failed = failed;
}

/* What is true when all have finished -------------------------------------------------------------------------------------*/

static struct page { uint64_t pa, attr; } before[PAGES_MAX], after[PAGES_MAX];

static unsigned pages (void) { return 1U << levels; }

static bool same (struct page a, struct page b) { return a.attr == b.attr && (!a.attr || a.pa == b.pa); }

static bool covers (struct op const *o, unsigned p)
{
    unsigned const order = o->look ? o->found_order : o->order;

    return p >> order == o->page >> order;
}

static struct page value (struct op const *o, unsigned p)
{
    return (struct page) { o->attr ? o->pa + ((uint64_t)p - o->page) * PAGE_SIZE : 0, o->attr };
}

/* Is there an order of the operations that are left, when the page has the value v? */
static bool linear (unsigned const *which, unsigned n, unsigned left, unsigned p, struct page v)
{
    if (!left)
        return same (v, after[p]);

    for (unsigned i = 0; i < n; i++) {

        bool early = left >> i & 1;

        for (unsigned j = 0; early && j < n; j++)
            early = !(left >> j & 1) || model_cpu[which[j]].end > model_cpu[which[i]].begin;

        if (!early)
            continue;

        struct op const *const o = &now[which[i]];
        struct page const w = value (o, p);
        unsigned const rest = left & ~BIT (i);

        if (o->look ? same (w, v) && linear (which, n, rest, p, v)
                    : linear (which, n, rest, p, w) || (o->failed && linear (which, n, rest, p, v)))
            return true;
    }

    return false;
}

/* A value that was seen and is not the last one: somebody else who changed the page knows that there is something to flush */
static bool flushed (unsigned const *which, unsigned n, unsigned by, struct page last, struct page v)
{
    if (!v.attr || same (v, last))
        return true;

    for (unsigned i = 0; i < n; i++)
        if (which[i] != by && !now[which[i]].look && now[which[i]].flush)
            return true;

    return false;
}

static struct page look (unsigned p)
{
    struct page v;
    unsigned order;

    v.attr = ptab_lookup_levels (&fmt, levels, root, (uint64_t)p << PAGE_BITS, &v.pa, &order);

    return v;
}

static unsigned ended;

/* Pages of what this CPU has updated: is it something else that a TLB holds of them? */
static void still_used (uint64_t e, unsigned depth, unsigned way)
{
    unsigned const level = levels - 1 - depth;
    unsigned first = 0;

    for (unsigned d = 0; d <= depth; d++, way >>= 1)
        first = first << 1 | (way & 1);

    first <<= level;

    for (unsigned p = first; p < first + (1U << level); p++)
        if (covers (&now[ended], p))
            CHECK (same (value (&now[ended], p), (struct page) { (e & ADDR) + ((uint64_t)(p - first) << PAGE_BITS), attr (e, level) }));
}

void model_ended (unsigned n)
{
    ended = n;

    if (model_tlb && !now[n].look && !now[n].failed)
        model_each_gone (n, still_used);
}

void model_done (void)
{
    for (unsigned p = 0; p < pages(); p++)
        after[p] = look (p);

    for (unsigned p = 0; p < pages(); p++) {

        unsigned which[MODEL_CPUS], n = 0;

        for (unsigned c = 0; c < cpus; c++)
            if (covers (&now[c], p))
                which[n++] = c;

        CHECK (linear (which, n, BIT (n) - 1, p, before[p]));
        CHECK (model_tlb || flushed (which, n, MODEL_CPUS, after[p], before[p]));

        for (unsigned i = 0; i < n && !model_tlb; i++)
            if (!now[which[i]].look && !now[which[i]].failed)
                CHECK (flushed (which, n, which[i], after[p], value (&now[which[i]], p)));
    }

    CHECK (!model_tlb || !model_stale());

    free_tables (root, levels - 1);
    for (unsigned c = 0; model_tlb && c < MODEL_CPUS; c++)
        model_unuse (flushed_by[c]);

    for (unsigned i = 0; i < model_dead_count; i++)
        free_tables (model_deads[i].table, model_deads[i].level);

    CHECK (!model_used_count());
}

/* Which operations ----------------------------------------------------------------------------------------------------------*/

static unsigned areas (void) { return 2 * pages() - 1; }

/* Aligned areas of all orders, as a hole (even numbers) or with a value that depends on tag (odd numbers) */
static unsigned op_count (void) { return 2 * areas(); }

static struct op op (unsigned n, unsigned tag)
{
    unsigned area = n / 2, order = 0;

    for (; area >= pages() >> order; order++)
        area -= pages() >> order;

    struct op o = { .order = order, .page = area << order };

    if (n % 2) {
        o.attr = P | (tag % 7 + 1) << 4;
        o.pa   = (uint64_t)(((arm ? tag % 2 : tag) + 1) * 0x100 + o.page) << PAGE_BITS;     /* arm: some differ in permissions only */
    }

    return o;
}

/* Entries that it changes: with many of them there is nothing new but very many orders */
static unsigned entries (struct op o)
{
    unsigned const level = MIN (o.order, o.attr ? leaf_max_now : levels - 1);

    return 1U << (o.order - level);
}

/* Is this area the mirror image, within some table, of one that is tried as well? Going down to it, an entry may be the second
 * one only where an earlier area told the two apart. */
static bool mirrored (struct op const *const *o, unsigned n)
{
    for (unsigned i = 0; i < n; i++)
        for (unsigned order = levels; order > o[i]->order; order--) {

            bool told = false;

            for (unsigned j = 0; j < i; j++)
                told |= o[j]->order < order && o[j]->page >> order == o[i]->page >> order;

            if (!told && o[i]->page >> (order - 1) & 1)
                return true;
        }

    return false;
}

static uint64_t cases;

static void tell (char const *what, struct op const *o)
{
    if (o)
        print_error ("%s: %s order %u page %u: attributes %#llx, address %#llx\n", what, o->look ? "look-up" : "update",
                     o->look ? o->found_order : o->order, o->page, (unsigned long long)o->attr, (unsigned long long)o->pa);
}

static void prepare (struct op const *s)
{
    bool flush = false;

    if (!s)
        return;

    if (update (MODEL_CPUS, s, &flush) != STATUS_SUCCESS)
        abort();
}

/* Every pair (or three) of updates on every state that one or two updates make, with a look-up at the same time */
struct plan { unsigned before, updates, look, most; bool fail, mirror; };

static struct plan plan;

/* Two operations before, the CPUs' operations, all orders. Null: not that one. */
static void one_case (struct op const *s1, struct op const *s2, struct op const *const *o, unsigned n)
{
    model_start();
    root = buddy_alloc (0, BUDDY_ZERO);
    for (unsigned c = 0; model_tlb && c < MODEL_CPUS; c++)
        flushed_by[c] = buddy_alloc (0, BUDDY_ZERO);

    preparing = true;
    prepare (s1);
    prepare (s2);
    preparing = false;

    for (unsigned p = 0; p < pages(); p++)
        before[p] = look (p);

    cpus = n;

    for (unsigned i = 0; i < n; i++) {
        now[i] = *o[i];
        model_cpu[i].fail = o[i]->fail;
        model_cpu[i].lax  = plan.look;                  /* a look-up finds what is in the tables, not in TLBs       */
    }

    cases++;
    model_explore (n);

    if (!model_violation || model_fault)
        return;

    tell ("before", s1);
    tell ("before", s2);
    for (unsigned i = 0; i < n; i++)
        tell ("a CPU", &now[i]);
    model_tell();
    fail_msg ("levels %u, leaves up to %u: %s", levels, leaf_max_now, model_violation);
}

static void with_looks (struct op const *s1, struct op const *s2, struct op const **o, unsigned n)
{
    if (!plan.look) {
        one_case (s1, s2, o, n);
        return;
    }

    for (unsigned p = 0; p < pages() && !model_violation; p++) {

        struct op const look_up = { .look = true, .page = p };

        /* Of a page in the middle of areas nothing is seen that their first and last ones do not show */
        bool near = false;
        for (unsigned i = 0; i < n; i++)
            near |= p == o[i]->page || p == o[i]->page + (1U << o[i]->order) - 1;

        if (!near)
            continue;

        o[n] = &look_up;
        one_case (s1, s2, o, n + 1);
    }
}

static void with_failures (struct op const *s1, struct op const *s2, struct op *o, unsigned n)
{
    struct op const *all[MODEL_CPUS];

    for (unsigned i = 0; i < n; i++)
        all[i] = &o[i];

    if (!plan.fail) {
        with_looks (s1, s2, all, n);
        return;
    }

    for (unsigned i = 0; i < n; i++)
        for (o[i].fail = 1; o[i].fail <= levels && !model_violation; o[i].fail++) {
            with_looks (s1, s2, all, n);
            if (o[i].fail + 1 > levels)
                break;
        }

    for (unsigned i = 0; i < n; i++)
        o[i].fail = 0;
}

static void updates (struct op const *s1, struct op const *s2, struct op *o, unsigned n)
{
    for (unsigned k = 0; k < op_count() && !model_violation; k++) {

        struct op const *all[2 + MODEL_CPUS];
        unsigned m = 0;

        o[n] = op (k, 2 + n);

        if (entries (o[n]) > plan.most)
            continue;

        if (s1) all[m++] = s1;
        if (s2) all[m++] = s2;
        for (unsigned i = 0; i <= n; i++)
            all[m++] = &o[i];

        if (plan.mirror && mirrored (all, m))
            continue;

        if (n + 1 < plan.updates)
            updates (s1, s2, o, n + 1);
        else
            with_failures (s1, s2, o, n + 1);
    }
}

static void all_cases (unsigned l, struct plan how)
{
    struct op o[MODEL_CPUS], s1, s2;
    unsigned const top = MIN (l - 1, 2U);               /* no CPU has leaves above level 2                          */

    plan      = how;
    model_tlb = named || arm;
    levels    = l;
    model_violation = NULL;
    model_steps = model_orders = cases = 0;

    for (leaf_max_now = 0; leaf_max_now <= top && !model_violation; leaf_max_now++) {

        if (!how.before)
            updates (NULL, NULL, o, 0);

        for (unsigned i = 0; how.before && i < op_count() && !model_violation; i++) {

            s1 = op (i, 0);
            if (how.before == 1)
                updates (&s1, NULL, o, 0);

            for (unsigned j = 0; how.before == 2 && j < op_count() && !model_violation; j++) {
                s2 = op (j, 1);
                updates (&s1, &s2, o, 0);
            }
        }
    }

    if (!model_fault)
        print_message ("           %s%u levels: %llu cases, %llu orders, %llu steps\n",
                       arm ? "break before make, " : named ? "names of holes, " : "", l,
                       (unsigned long long)cases, (unsigned long long)model_orders, (unsigned long long)model_steps);
}

/* What is tried: operations before, updates at a time, look-ups as well, entries of one update, allocations that fail, without
 * mirror images */
static void one_level (void **state)
{
    (void)state;
    all_cases (1, (struct plan) { .before = 2, .updates = 2, .look = 1, .most = 2 });
    all_cases (1, (struct plan) { .before = 1, .updates = 3, .most = 2 });
}

static void two_levels (void **state)
{
    (void)state;
    all_cases (2, (struct plan) { .before = 2, .updates = 2, .look = 1, .most = 4, .mirror = true });
    all_cases (2, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 4, .fail = true });
    all_cases (2, (struct plan) { .before = 1, .updates = 3, .most = 4, .mirror = true });
}

static void three_levels (void **state)
{
    (void)state;
    all_cases (3, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 2, .mirror = true });
    all_cases (3, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 2, .fail = true, .mirror = true });
    all_cases (3, (struct plan) { .before = 2, .updates = 2, .most = 2, .mirror = true });
    all_cases (3, (struct plan) { .before = 0, .updates = 3, .most = 2, .mirror = true });
}

static void four_levels (void **state)
{
    (void)state;
    all_cases (4, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 2, .mirror = true });
    all_cases (4, (struct plan) { .before = 1, .updates = 2, .most = 2, .fail = true, .mirror = true });
    all_cases (4, (struct plan) { .before = 2, .updates = 2, .most = 2, .mirror = true });
}

static void five_levels (void **state)
{
    (void)state;
    all_cases (5, (struct plan) { .before = 0, .updates = 2, .look = 1, .most = 2, .mirror = true });
    all_cases (5, (struct plan) { .before = 1, .updates = 2, .most = 2, .mirror = true });
    all_cases (5, (struct plan) { .before = 1, .updates = 2, .most = 2, .fail = true, .mirror = true });
}

/* The checks see something: without an atomic exchange, without the grace period, without dead() they fail. */
static void seeded (void **state)
{
    (void)state;

    for (model_fault = NO_FAULT + 1; model_fault < ALL_FAULTS; model_fault++) {

        arm   = model_fault >= FAULTS && model_fault < BREAK_FAULTS;
        named = model_fault >= BREAK_FAULTS;
        all_cases (2, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 4 });
        if (!model_violation)
            fail_msg ("fault %u is not found", model_fault);
        print_message ("           fault %u: %s\n", model_fault, model_violation);
    }

    model_fault = NO_FAULT;
    named = arm = false;
}

static void named_one_level (void **state)
{
    (void)state;
    named = true;
    all_cases (1, (struct plan) { .before = 2, .updates = 2, .look = 1, .most = 2, .mirror = true });
    all_cases (1, (struct plan) { .before = 1, .updates = 3, .most = 1, .mirror = true });
    named = false;
}

static void named_two_levels (void **state)
{
    (void)state;
    named = true;
    all_cases (2, (struct plan) { .before = 2, .updates = 2, .most = 2, .mirror = true });
    all_cases (2, (struct plan) { .before = 1, .updates = 2, .most = 2, .fail = true, .mirror = true });
    all_cases (2, (struct plan) { .before = 0, .updates = 3, .most = 1, .mirror = true });
    named = false;
}

static void named_three_levels (void **state)
{
    (void)state;
    named = true;
    all_cases (3, (struct plan) { .before = 1, .updates = 2, .most = 2, .mirror = true });
    named = false;
}

static void break_one_level (void **state)
{
    (void)state;
    arm = true;
    all_cases (1, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 2, .mirror = true });
    all_cases (1, (struct plan) { .before = 2, .updates = 2, .most = 2, .mirror = true });
    all_cases (1, (struct plan) { .before = 1, .updates = 3, .most = 1, .mirror = true });
    arm = false;
}

static void break_two_levels (void **state)
{
    (void)state;
    arm = true;
    all_cases (2, (struct plan) { .before = 2, .updates = 2, .most = 2, .mirror = true });
    all_cases (2, (struct plan) { .before = 1, .updates = 2, .look = 1, .most = 2, .mirror = true });
    all_cases (2, (struct plan) { .before = 1, .updates = 2, .most = 2, .fail = true, .mirror = true });
    all_cases (2, (struct plan) { .before = 0, .updates = 3, .most = 1, .mirror = true });
    arm = false;
}

static void break_three_levels (void **state)
{
    (void)state;
    arm = true;
    all_cases (3, (struct plan) { .before = 1, .updates = 2, .most = 2, .mirror = true });
    all_cases (3, (struct plan) { .before = 1, .updates = 2, .most = 1, .fail = true, .mirror = true });
    all_cases (3, (struct plan) { .before = 0, .updates = 2, .look = 1, .most = 1, .mirror = true });
    arm = false;
}

/* An argument names the tests to run: a pattern */
int main (int argc, char **argv)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (one_level),
        cmocka_unit_test (two_levels),
        cmocka_unit_test (three_levels),
        cmocka_unit_test (four_levels),
        cmocka_unit_test (five_levels),
        cmocka_unit_test (named_one_level),
        cmocka_unit_test (named_two_levels),
        cmocka_unit_test (named_three_levels),
        cmocka_unit_test (break_one_level),
        cmocka_unit_test (break_two_levels),
        cmocka_unit_test (break_three_levels),
        cmocka_unit_test (seeded),
    };

    if (argc > 1)
        cmocka_set_test_filter (argv[1]);

    return cmocka_run_group_tests (tests, NULL, NULL);
}
