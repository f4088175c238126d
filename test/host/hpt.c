/* SPDX-License-Identifier: GPL-2.0-only */
/* Host page tables: the format by the manual, and random updates of all orders against a model of sampled and of all pages. */
#include <hpt.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <core.h>
#include <hazard.h>
#include <memory.h>

#define USER_PERM (PERM_MEM_R | PERM_MEM_W | PERM_MEM_XU | PERM_MEM_XS)

static uint64_t seed = 31;
static size_t base;

static struct page { uint64_t va, pa, attr; } model[1024];
static unsigned pages;

static pte_slot_t *start (void)
{
    base = core_pages();
    pte_slot_t *const root = buddy_alloc (0, BUDDY_ZERO);
    assert_non_null (root);
    return root;
}

/* By the manual, not by the code: SDM 3A, tables 4-15 to 4-20 */
static unsigned walk (pte_slot_t *table, unsigned level)
{
    unsigned n = 1;

    for (unsigned i = 0; i < 512; i++) {

        uint64_t const e = rlx_load (&table[i]);

        if (!(e & 1)) {
            assert_int_equal (e & HPT_ADDR, 0);         /* may be the name of a hole, and no address (L1TF)         */
            continue;
        }

        bool const is_leaf = !level || e & 0x80;

        assert_true (e & 0x20);                         /* accessed: the CPU never writes                           */
        if (is_leaf) {
            assert_true (level == 0 || level == 1 || (level == 2 && core_1g));     /* bit 7 is reserved above      */
            assert_true (e & 0x40);
            if (level)
                assert_int_equal (e & (BIT64 (12 + 9 * level) - 1) & ~UINT64_C (0x1fff), 0);    /* reserved bits    */
        } else {
            assert_int_equal (e & ~HPT_ADDR, 0x27);
            n += walk (kmem_virt (e & HPT_ADDR), level - 1);
        }
    }

    return n;
}

static void finish (pte_slot_t *root)
{
    core_settle();
    assert_int_equal (core_pages(), base - walk (root, hpt_levels - 1));
    hpt_dead (root, hpt_levels - 1);
    core_settle();
    assert_int_equal (core_pages(), base);
}

static uint64_t random_attr (void)
{
    uint64_t const r = host_random (&seed);

    return hpt_attr (1 + r % 15, (uint32_t)(r >> 8) % 5) | (r >> 20 & 1 ? HPT_KERNEL : 0) | (r >> 21 & 3 ? 0 : HPT_G);
}

static void attributes (void **state)
{
    (void)state;

    for (unsigned perm = 0; perm < 32; perm++)
        for (uint32_t mad = 0; mad < 5; mad++) {

            uint64_t const a = hpt_attr (perm, mad);

            if (!(perm & USER_PERM)) {
                assert_int_equal (a, 0);
                continue;
            }

            assert_int_equal (a & 0x65, 0x65);          /* P U A D                                                  */
            assert_int_equal (a >> 1 & 1, !!(perm & PERM_MEM_W));
            assert_int_equal (a >> 63, !(perm & (PERM_MEM_XU | PERM_MEM_XS)));
            assert_int_equal ((a >> 3 & 3) | (a >> 5 & 4), mad);
            assert_int_equal (a & ~UINT64_C (0x80000000000000ff), 0);
            assert_int_equal (hpt_attr (perm, mad | 0xfff8), a);

            unsigned const have = PERM_MEM_R | (perm & PERM_MEM_W) | (perm & (PERM_MEM_XU | PERM_MEM_XS) ? PERM_MEM_XU | PERM_MEM_XS : 0);
            assert_int_equal (hpt_perm (a), have);

            for (unsigned mask = 0; mask < 32; mask++) {

                uint64_t const b = hpt_restrict (a, mask);

                assert_int_equal (hpt_restrict (a | HPT_KERNEL, mask), 0);
                if (!(have & mask))
                    assert_int_equal (b, 0);
                else
                    assert_int_equal (b, hpt_attr (have & mask, mad));
            }
        }

    assert_int_equal (hpt_perm (0), 0);
    assert_int_equal (hpt_restrict (0, 31), 0);

    for (uint32_t mad = 0; mad < 5; mad++) {            /* PAT: WB WT WC UC WP are 6 4 1 0 5 (SDM 3A, table 11-10)  */
        static uint8_t const type[] = { 6, 4, 1, 0, 5 };
        assert_int_equal (PAT_VALUE >> 8 * mad & 0xff, type[mad]);
    }
}

/* PAT bit 7 of a page is bit 12 of a superpage, on the way down as well */
static void pat_bit (void **state)
{
    (void)state;

    for (unsigned order = 0; order <= 18; order += 9)
        for (uint32_t mad = 0; mad < 5; mad++) {

            pte_slot_t *const root = start();
            uint64_t const a = hpt_attr (3, mad), va = 0x4000000000;
            paddr_t pa;
            unsigned o;
            bool flush = false;
            pte_slot_t *t = root;

            core_1g = true;
            assert_int_equal (hpt_update (root, hpt_levels, va, 0x80000000, order, a, &flush), STATUS_SUCCESS);
            assert_false (flush);
            for (unsigned l = hpt_levels - 1; l > order / 9; l--)
                t = kmem_virt (rlx_load (&t[ptab_index (va, l)]) & HPT_ADDR);

            uint64_t const e = rlx_load (&t[ptab_index (va, order / 9)]);
            assert_int_equal (e >> 7 & 1, order ? 1 : mad >> 2);
            assert_int_equal (e >> 12 & 1, order ? mad >> 2 : 0);
            assert_int_equal (e & 0x000fffffffffe000, 0x80000000);

            assert_int_equal (hpt_lookup (root, hpt_levels, va + (PAGE_SIZE << order) - 1, &pa, &o), a);
            assert_int_equal (pa, 0x80000000 + (PAGE_SIZE << order) - 1);
            assert_int_equal (o, order);

            if (order) {                                /* split by a hole in the middle                            */
                uint64_t const hole = PAGE_SIZE << (order - 1);
                assert_int_equal (hpt_update (root, hpt_levels, va + hole, 0, 0, 0, &flush), STATUS_SUCCESS);
                assert_true (flush);
                assert_int_equal (hpt_lookup (root, hpt_levels, va + hole, &pa, &o), 0);
                assert_int_equal (o, 0);
                assert_int_equal (hpt_lookup (root, hpt_levels, va + hole - 1, &pa, &o), a);
                assert_int_equal (pa, 0x80000000 + hole - 1);
                assert_int_equal (hpt_lookup (root, hpt_levels, va + hole + PAGE_SIZE, &pa, &o), a);
                assert_int_equal (pa, 0x80000000 + hole + PAGE_SIZE);
                assert_int_equal (hpt_lookup (root, hpt_levels, va, &pa, &o), a);
                assert_int_equal (pa, 0x80000000);
                assert_int_equal (o, order == 18 ? 9 : 0);
            }

            finish (root);
        }
}

static void check (pte_slot_t *root)
{
    uint64_t last = ~UINT64_C (0), last_size = 1;

    for (unsigned i = 0; i < pages; i++) {

        paddr_t pa;
        unsigned order;
        uint64_t const a = hpt_lookup (root, hpt_levels, model[i].va, &pa, &order), size = PAGE_SIZE << order;

        assert_int_equal (a, model[i].attr);
        assert_int_equal (pa, a ? model[i].pa : 0);
        assert_true (order == 0 || order == 9 || order == 18 || ((order == 27 || order == 36) && !a));

        if (!order || (size == last_size && align_dn (model[i].va, size) == last))
            continue;

        last = align_dn (model[i].va, last_size = size);

        for (unsigned j = 0; j < pages; j++)            /* uniform around it                                        */
            if (align_dn (model[j].va, size) == last && (model[j].attr != a || (a && model[j].pa - pa != model[j].va - model[i].va)))
                fail_msg ("%#lx and %#lx differ within order %u", model[i].va, model[j].va, order);
    }
}

/* One update, perhaps with failing allocations; the model follows as far as the kernel came. */
static bool step (pte_slot_t *root, unsigned order, uint64_t va, paddr_t pa, uint64_t attr, bool all_pages)
{
    uint64_t const end = va + (PAGE_SIZE << order);
    bool flush = false, changed = false, found = false, failed = false;

    cpu_local.hazard = 0;

    long const s = hpt_update (root, hpt_levels, va, pa, order, attr, &flush);

    core_fail = 0;
    core_fail_all = false;

    if (s != STATUS_SUCCESS)
        assert_int_equal (s, STATUS_MEM_CAP);

    for (unsigned i = 0; i < pages; i++) {

        struct page *const m = &model[i], want = { m->va, attr ? pa + (m->va - va) : 0, attr };

        if (m->va < va || m->va >= end)
            continue;

        if (s != STATUS_SUCCESS && !failed) {           /* done up to here?                                         */
            paddr_t p;
            unsigned o;
            uint64_t const a = hpt_lookup (root, hpt_levels, m->va, &p, &o);
            failed = a != attr || (a && p != want.pa);
        }

        if (failed)
            continue;

        changed |= m->attr && (m->attr != attr || m->pa != want.pa);
        found   |= attr && m->attr == attr && m->pa == want.pa;
        *m = want;
    }

    bool const needed = changed || (found && s == STATUS_SUCCESS);      /* who put that there may not have flushed yet */

    if (all_pages) {
        assert_true (flush || !needed);
        assert_true (!flush || changed || found || cpu_local.hazard & HAZARD_RCU);
    } else
        assert_true (flush || !needed);

    return s == STATUS_SUCCESS;
}

/* Some values of each index: 256 pages spread over the whole user half; orders 0 ... 27 */
static void sparse (void **state)
{
    (void)state;

    pages = CORE_SAMPLES;
    for (unsigned i = 0; i < pages; i++)
        model[i] = (struct page) { .va = core_sample (i) };

    for (unsigned run = 0; run < 12; run++) {

        pte_slot_t *const root = start();
        unsigned failures = 0;

        core_1g = run & 1;
        for (unsigned i = 0; i < 256; i++)
            model[i].attr = model[i].pa = 0;

        for (unsigned n = 0; n < 400; n++) {

            uint64_t const r = host_random (&seed);
            bool const map = r & 3;
            unsigned const most = map ? core_1g ? 28 : 21 : 28;
            unsigned const order = (unsigned)(r >> 2 & 1 ? (r >> 4) % most : (r >> 4) % 4 * 9 % most);
            uint64_t const size = PAGE_SIZE << order;
            uint64_t const va = align_dn (model[r >> 16 & 255].va, size);
            paddr_t const pa = align_dn ((r >> 24) & (BIT64 (46) - 1), size);

            if (run >= 4 && r >> 60 < 8)
                core_fail = 1 + (r >> 56 & 7) % 4;
            if (run >= 8 && r >> 60 == 15)
                core_fail_all = true;

            failures += !step (root, order, va, map ? pa : 0, map ? random_attr() : 0, false);
            check (root);

            if (n % 16 == 0) {
                core_settle();
                assert_int_equal (core_pages(), base - walk (root, hpt_levels - 1));
            }
        }

        assert_true (run < 4 || failures);
        finish (root);
    }
}

/* Every page of two tables that are neighbours */
static void dense (void **state)
{
    (void)state;

    pages = 1024;

    for (unsigned run = 0; run < 6; run++) {

        pte_slot_t *const root = start();
        uint64_t const first = run & 1 ? 0x40000000 - 0x200000 : user_end - 0x400000;

        core_1g = run & 2;
        for (unsigned i = 0; i < 1024; i++)
            model[i] = (struct page) { first + i * PAGE_SIZE, 0, 0 };

        for (unsigned n = 0; n < 1500; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const order = (unsigned)(r >> 4) % (run & 1 ? 10 : 11);
            uint64_t const size = PAGE_SIZE << order, va = align_dn (model[r >> 16 & 1023].va, size);
            bool const same = (r >> 50 & 3) == 0;       /* the same again                                           */
            paddr_t const pa = same ? align_dn (va & (BIT64 (46) - 1), size) : align_dn (r >> 24 & (BIT64 (40) - 1), size);
            uint64_t const attr = r & 3 ? same ? hpt_attr (3, 4) : random_attr() : 0;

            if (r >> 60 < 3)
                core_fail = 1;

            step (root, order, va, attr ? pa : 0, attr, true);
            check (root);
            core_settle();
        }

        assert_int_equal (core_pages(), base - walk (root, hpt_levels - 1));
        finish (root);
    }
}

/* Holes are skipped at the level at which they are, without an allocation */
static void holes (void **state)
{
    (void)state;

    pte_slot_t *const root = start();
    bool flush = false;

    core_allocs = 0;
    for (unsigned order = 0; order < hpt_levels * 9; order++)
        assert_int_equal (hpt_update (root, hpt_levels, 0, 0, order, 0, &flush), STATUS_SUCCESS);
    assert_int_equal (core_allocs, 0);
    assert_false (flush);

    assert_int_equal (hpt_update (root, hpt_levels, 0x123456789000, 0x5000, 0, hpt_attr (1, 0), &flush), STATUS_SUCCESS);
    assert_int_equal (core_allocs, hpt_levels - 1);
    assert_int_equal (hpt_update (root, hpt_levels, 0, 0, 26, 0, &flush), STATUS_SUCCESS);
    assert_false (flush);
    for (unsigned order = 0; order < 30; order++) {     /* around it, never it                                      */
        uint64_t const va = align_dn (0x123456789000, PAGE_SIZE << order) ^ PAGE_SIZE << order;
        assert_int_equal (hpt_update (root, hpt_levels, va, 0, order, 0, &flush), STATUS_SUCCESS);
        assert_false (flush);
    }

    paddr_t pa;
    unsigned o;
    assert_int_equal (hpt_lookup (root, hpt_levels, 0x123456789abc, &pa, &o), hpt_attr (1, 0));
    assert_int_equal (pa, 0x5abc);
    assert_int_equal (core_allocs, hpt_levels - 1);
    assert_int_equal (hpt_update (root, hpt_levels, 0, 0, hpt_levels * 9 - 1, 0, &flush), STATUS_SUCCESS);
    assert_true (flush);
    assert_int_equal (hpt_lookup (root, hpt_levels, 0x123456789abc, &pa, &o), 0);
    assert_int_equal (o, hpt_levels * 9 - 9);
    finish (root);
}

/* Split of 1 GiB down to a page: the n-th allocation fails, everything still maps what it did */
static void failing_splits (void **state)
{
    (void)state;

    core_1g = true;

    for (unsigned order = 9; order <= 18; order += 9)
        for (unsigned hole = 0; hole < 2; hole++)
            for (unsigned n = 1; ; n++) {

                pte_slot_t *const root = start();
                uint64_t const a = hpt_attr (7, 4);
                bool flush = false;

                assert_int_equal (hpt_update (root, hpt_levels, 0x40000000, 0x80000000, order, a, &flush), STATUS_SUCCESS);
                core_fail = n;
                enum status const s = hpt_update (root, hpt_levels, 0x40003000, 0x1000, 0, hole ? 0 : hpt_attr (1, 0), &flush);
                bool const failed = !core_fail;
                core_fail = 0;

                assert_int_equal (s, failed ? STATUS_MEM_CAP : STATUS_SUCCESS);
                assert_int_equal (flush, !failed);

                for (uint64_t off = 0; off < PAGE_SIZE << order; off += off < 0x10000 ? PAGE_SIZE : 0x110000) {
                    paddr_t pa;
                    unsigned o;
                    uint64_t const found = hpt_lookup (root, hpt_levels, 0x40000000 + off, &pa, &o);
                    if (off == 0x3000 && !failed)
                        assert_int_equal (found, hole ? 0 : hpt_attr (1, 0));
                    else {
                        assert_int_equal (found, a);
                        assert_int_equal (pa, 0x80000000 + off);
                    }
                }

                finish (root);

                if (!failed) {
                    assert_int_equal (n, 1 + order / 9);
                    break;
                }
            }
}

static int group (void **state)
{
    (void)state;
    core_init (1);
    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (attributes),
        cmocka_unit_test (pat_bit),
        cmocka_unit_test (holes),
        cmocka_unit_test (failing_splits),
        cmocka_unit_test (sparse),
        cmocka_unit_test (dense),
    };

    int const failed = cmocka_run_group_tests_name ("4 levels", tests, group, NULL);

    hpt_set_levels (5);

    return failed + cmocka_run_group_tests_name ("5 levels", tests, NULL, NULL);
}
