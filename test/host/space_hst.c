/* SPDX-License-Identifier: GPL-2.0-only */
/* Host spaces: delegation against a model of sampled pages, protected memory, kernel pages, preemption, tables of CPUs. */
#include <space_hst.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <core.h>
#include <cpu.h>
#include <ipc.h>
#include <memory.h>
#include <pd.h>
#include <protected.h>
#include <space_pio.h>

#define LAST    ((USER_END >> PAGE_BITS) - 1)

static struct pd *pd;
static uint64_t seed = 37;

static struct space_hst *space (void)
{
    struct space_hst *s;
    assert_int_equal (space_hst_create (&s, pd), STATUS_SUCCESS);
    return s;
}

/* As often as it takes: it stops for RCU work, too */
static long delegate (struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm,
                      uint32_t mad, uint64_t *progress)
{
    long st;

    while ((st = space_hst_delegate (dst, src, ssb, dsb, ord, pmm, mad, progress)) == SYS_DEFER) {
        cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
        core_settle();
    }

    return st;
}

static void put (struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm, uint32_t mad)
{
    uint64_t progress = 0;
    assert_int_equal (delegate (dst, src, ssb, dsb, ord, pmm, mad, &progress), STATUS_SUCCESS);
}

static void drop (struct space_hst *s)
{
    core_settle();
    uint32_t const refs = rlx_load (&pd->obj.refs);
    kobject_unref (&s->obj);
    core_settle();
    assert_int_equal (rlx_load (&pd->obj.refs), refs - 1);
}

/* Well-formed by the manual (SDM 3A, tables 4-15 to 4-20); the last page of the user is never executable */
static void walk (pte_slot_t *table, unsigned level, uint64_t va)
{
    for (unsigned i = 0; i < (level == hpt_levels - 1 ? 256 : 512); i++) {

        uint64_t const e = rlx_load (&table[i]), at = va | (uint64_t)i << (12 + 9 * level), size = BIT64 (12 + 9 * level);

        if (!(e & HPT_P))
            continue;

        if (level && !(e & HPT_S)) {
            walk (kmem_virt (e & HPT_ADDR), level - 1, at);
            continue;
        }

        assert_true (level < 3);
        if (level)
            assert_int_equal (e & (size - 1) & ~UINT64_C (0x1fff), 0);
        if (at + size == USER_END)
            assert_true (e & HPT_NX);
    }
}

static uint64_t look (struct space_hst *s, uint64_t page, paddr_t *pa)
{
    unsigned order;
    return hpt_lookup (s->table, hpt_levels, page << PAGE_BITS, pa, &order);
}

/* 256 pages spread over the whole user half */
static struct page { uint64_t page, pa, attr; } model[CORE_SAMPLES];

static void model_reset (void)
{
    for (unsigned i = 0; i < CORE_SAMPLES; i++)
        model[i] = (struct page) { .page = core_sample (i) >> PAGE_BITS };
}

static void check (struct space_hst *s)
{
    for (unsigned i = 0; i < 256; i++) {

        paddr_t pa;
        uint64_t const a = look (s, model[i].page, &pa);

        if (a != model[i].attr || (a && pa != model[i].pa))
            fail_msg ("page %#lx: %#lx -> %#lx, should be %#lx -> %#lx", model[i].page, a, pa, model[i].attr, model[i].pa);
    }
}

static struct page nova_page (uint64_t page, uint64_t pa, unsigned pmm, uint32_t mad)
{
    uint64_t const attr = allowed (pa) ? hpt_attr (pmm, mad) : 0;

    return (struct page) { page, pa, attr | (attr && page == LAST ? HPT_NX : 0) };
}

static void from_nova (void **state)
{
    (void)state;

    size_t const base = core_pages();

    for (unsigned run = 0; run < 8; run++) {

        struct space_hst *const s = space();
        unsigned failures = 0;

        core_1g = run & 1;
        model_reset();

        uint64_t const *const cpu = kmem_virt (space_hst_root (s, NULL, 1));

        for (unsigned n = 0; n < 150; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const ord = (unsigned)(r >> 8) % (core_1g ? 31 : 20), pmm = r >> 16 & 31;
            uint32_t const mad = (uint32_t)(r >> 24) % 5;
            uint64_t const dsb = align_dn (model[r & 255].page, BIT64 (ord)), ssb = align_dn (interesting (&seed) >> 12, BIT64 (ord));
            uint64_t progress = 0;

            if (run >= 4 && r >> 62 == 0)
                core_fail = 1 + (r >> 40) % 5;

            long const st = delegate (s, &space_hst_nova, ssb, dsb, ord, pmm, mad, &progress);
            bool const failed = st == STATUS_MEM_CAP;
            bool done = true;

            core_fail = 0;
            assert_true (st == STATUS_SUCCESS || failed);
            failures += failed;

            for (unsigned i = 0; i < 256; i++) {

                uint64_t const p = model[i].page;

                if (p < dsb || p >= dsb + BIT64 (ord))
                    continue;

                struct page const want = nova_page (p, (ssb + (p - dsb)) << 12, pmm, mad);

                if (failed && done) {
                    paddr_t pa;
                    uint64_t const a = look (s, p, &pa);
                    done = a == want.attr && (!a || pa == want.pa);
                }

                if (done)
                    model[i] = want;
            }

            check (s);
        }

        assert_true (run < 4 || failures);
        assert_memory_equal (cpu, s->table, USER_SLOTS * 8);
        walk (s->table, hpt_levels - 1, 0);
        core_settle();
        drop (s);
        assert_int_equal (core_pages(), base);
    }

    core_1g = true;
}

/* Every page of areas that touch protected ranges */
static void boundaries (void **state)
{
    (void)state;

    for (unsigned i = 0; i < ARRAY_SIZE (range); i++)
        for (unsigned edge = 0; edge < 2; edge++)
            for (unsigned ord = 0; ord <= 12; ord++) {

                struct space_hst *const s = space();
                uint64_t const ssb = align_dn ((edge ? range[i].end - PAGE_SIZE : range[i].start) >> 12, BIT64 (ord));
                uint64_t const dsb = LAST + 1 - BIT64 (ord);
                put (s, &space_hst_nova, ssb, dsb, ord, 7, 0);

                for (uint64_t p = 0; p < BIT64 (ord); p++) {
                    paddr_t pa;
                    struct page const want = nova_page (dsb + p, (ssb + p) << 12, 7, 0);
                    assert_int_equal (look (s, dsb + p, &pa), want.attr);
                    if (want.attr)
                        assert_int_equal (pa, want.pa);
                }

                walk (s->table, hpt_levels - 1, 0);
                drop (s);
            }
}

/* Large areas go in as large pages: tables, not work for each page */
static void large (void **state)
{
    (void)state;

    for (unsigned one_g = 0; one_g < 2; one_g++) {

        struct space_hst *const s = space();
        paddr_t pa;
        unsigned order;

        core_1g = one_g;
        core_allocs = 0;
        put (s, &space_hst_nova, 0x4000000000 >> 12, 0x1000000000 >> 12, 20, 3, 0);
        assert_int_equal (core_allocs, (one_g ? 1 : 5) + hpt_levels - 4);
        assert_true (hpt_lookup (s->table, hpt_levels, 0x1000000000, &pa, &order));
        assert_int_equal (order, one_g ? 18 : 9);
        drop (s);
    }
}

static void from_space (void **state)
{
    (void)state;

    size_t const base = core_pages();

    for (unsigned run = 0; run < 6; run++) {

        struct space_hst *const src = space(), *const dst = run % 3 == 2 ? src : space();

        for (unsigned n = 0; n < 60; n++) {             /* something to take                                        */

            uint64_t const r = host_random (&seed);
            unsigned const ord = (unsigned)(r >> 8) % 22;

            model_reset();
            put (src, &space_hst_nova, align_dn (interesting (&seed) >> 12, BIT64 (ord)), align_dn (model[r & 255].page, BIT64 (ord)), ord,
                 1 + (r >> 16) % 15, (uint32_t)(r >> 24) % 5);
        }

        for (unsigned i = 0; i < 256; i++)
            model[i].attr = look (dst, model[i].page, &model[i].pa);

        for (unsigned n = 0; n < 150; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const ord = (unsigned)(r >> 8) % 22, pmm = r >> 16 & 31;
            uint64_t const dsb = align_dn (model[r & 255].page, BIT64 (ord));
            uint64_t const ssb = align_dn (model[r >> 32 & 255].page, BIT64 (ord));
            struct page want[256];

            for (unsigned i = 0; i < 256; i++) {        /* before: the spaces may be one                            */
                uint64_t const p = model[i].page;
                want[i] = model[i];
                if (p >= dsb && p < dsb + BIT64 (ord)) {
                    want[i].attr = hpt_restrict (look (src, ssb + (p - dsb), &want[i].pa), pmm);
                    want[i].attr |= want[i].attr && p == LAST ? HPT_NX : 0;
                }
            }

            put (dst, src, ssb, dsb, ord, pmm, 0);
            memcpy (model, want, sizeof model);
            check (dst);
        }

        walk (dst->table, hpt_levels - 1, 0);
        if (dst != src)
            drop (dst);
        drop (src);
        assert_int_equal (core_pages(), base);
    }
}

static void kernel_pages (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_hst *const s = space(), *const t = space();
    void *const utcb = buddy_alloc (0, BUDDY_ZERO);
    uint64_t const va = user_end - 0x100000, page = va >> 12;
    paddr_t pa;

    for (unsigned write = 0; write < 2; write++) {

        assert_int_equal (space_hst_map_kernel (s, va, utcb, write), STATUS_SUCCESS);
        uint64_t const a = look (s, page, &pa);
        assert_int_equal (pa, kmem_phys (utcb));
        assert_int_equal (a & (HPT_P | HPT_U | HPT_NX | HPT_KERNEL | HPT_W), HPT_P | HPT_U | HPT_NX | HPT_KERNEL | (write ? HPT_W : 0));

        for (unsigned ord = 0; ord < 10; ord++) {       /* alone or among others: a hole over there                 */
            put (t, &space_hst_nova, 0x10000, page & ~(BIT64 (ord) - 1), ord, 3, 0);
            put (t, s, page & ~(BIT64 (ord) - 1), page & ~(BIT64 (ord) - 1), ord, 31, 0);
            assert_int_equal (look (t, page, &pa), 0);
        }

        space_hst_unmap_kernel (s, va, (char *)utcb + PAGE_SIZE);       /* not that one                             */
        assert_int_equal (look (s, page, &pa), a);
        space_hst_unmap_kernel (s, va, utcb);
        assert_int_equal (look (s, page, &pa), 0);
        space_hst_unmap_kernel (s, va, utcb);
        space_hst_unmap_kernel (s, 0x1000, utcb);
    }

    /* replaced by the user: stays                              */
    assert_int_equal (space_hst_map_kernel (s, va, utcb, true), STATUS_SUCCESS);
    put (s, &space_hst_nova, 0x10000, page, 0, 3, 0);
    space_hst_unmap_kernel (s, va, utcb);
    assert_int_equal (look (s, page, &pa), hpt_attr (3, 0));
    space_hst_unmap_kernel (s, va, kmem_virt (0x10000000));             /* the very frame, but not the kernel's     */
    assert_int_equal (look (s, page, &pa), hpt_attr (3, 0));

    drop (s), drop (t);
    buddy_free (utcb);
    assert_int_equal (core_pages(), base);

    for (unsigned n = 1; n <= hpt_levels; n++) {

        struct space_hst *const u = space();
        size_t const before = core_pages();

        core_fail = n;
        enum status const st = space_hst_map_kernel (u, va, kmem_virt (CORE_PHYS), true);
        core_fail = 0;
        assert_int_equal (st, n <= hpt_levels - 1 ? STATUS_MEM_CAP : STATUS_SUCCESS);
        assert_int_equal (!!look (u, page, &pa), n > hpt_levels - 1);
        assert_true (core_pages() >= before - (n - 1));
        drop (u);
    }

    assert_int_equal (core_pages(), base);
}

static void same (pte_slot_t *a, pte_slot_t *b, unsigned level)
{
    for (unsigned i = 0; i < (level == hpt_levels - 1 ? 256 : 512); i++) {

        uint64_t const x = rlx_load (&a[i]), y = rlx_load (&b[i]);

        if (level && x & HPT_P && !(x & HPT_S)) {
            assert_int_equal (x & ~HPT_ADDR, y & ~HPT_ADDR);
            same (kmem_virt (x & HPT_ADDR), kmem_virt (y & HPT_ADDR), level - 1);
        } else if ((x | y) & HPT_P)                     /* holes have names                                         */
            assert_int_equal (x, y);
    }
}

/* With stops and without: the same tables; progress only grows, and nothing beyond it has happened. */
static void preemption (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_hst *const a = space(), *const b = space(), *const c = space();
    uint64_t progress;

    core_1g = true;
    core_points = core_stops = 0;

    for (unsigned n = 0; n < 40; n++) {

        uint64_t const r = host_random (&seed);
        unsigned const ord = (unsigned)(r >> 8) % 27, pmm = r >> 16 & 15;
        uint64_t dsb, ssb;

        model_reset();
        dsb = align_dn (model[r & 255].page, BIT64 (ord));
        ssb = align_dn (interesting (&seed) >> 12, BIT64 (ord));

        for (unsigned i = 0; i < 200; i++) {            /* many small areas to take                                 */
            put (c, &space_hst_nova, 0x50000 + (host_random (&seed) & 0xffff), i * 2, 0, 7, 0);
        }

        for (unsigned user = 0; user < 2; user++) {

            unsigned const o = user ? 10 : ord;
            uint64_t const d = user ? align_dn (dsb, 1024) : dsb, from = user ? 0 : ssb;
            uint64_t last = 0;

            progress = 0;
            core_preempt = NULL;
            put (a, user ? c : &space_hst_nova, from, d, o, pmm, 1);

            core_preempt = core_preempt_some;
            progress = 0;
            for (long st; (st = space_hst_delegate (b, user ? c : &space_hst_nova, from, d, o, pmm, 1, &progress)) != STATUS_SUCCESS; ) {
                assert_int_equal (st, SYS_DEFER);
                assert_true (progress > last && progress < BIT64 (o));
                last = progress;
                cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
                core_settle();
            }
            core_preempt = NULL;
        }

        same (a->table, b->table, hpt_levels - 1);
    }

    assert_true (core_stops > 100);
    drop (a), drop (b), drop (c);
    assert_int_equal (core_pages(), base);
}

/* Top-level tables of CPUs: made in any order with the mappings, they show the same user half. */
static void cpu_tables (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_hst *const s = space();
    struct space_pio *pio;
    paddr_t root[CORE_CPUS];

    assert_int_equal (space_pio_create (&pio, pd), STATUS_SUCCESS);

    for (cpu_t c = 0; c < CORE_CPUS; c++) {

        core_fail = 1;
        assert_int_equal (space_hst_root (s, pio, c), 0);
        core_fail = 0;
        root[c] = space_hst_root (s, pio, c);
        assert_true (root[c] && root[c] % PAGE_SIZE == 0);
        assert_int_equal (space_hst_root (s, pio, c), root[c]);
        put (s, &space_hst_nova, 0x10000, (uint64_t)c << 28 | 5, 0, 3, 0);
    }

    for (cpu_t c = 0; c < CORE_CPUS; c++) {
        uint64_t const *const t = kmem_virt (root[c]);
        assert_memory_equal (t, s->table, USER_SLOTS * 8);
        for (unsigned i = USER_SLOTS; i < 512; i++)
            assert_true (!t[i] == (i != SLOT_KERNEL && i != SLOT_PIO));
        assert_int_equal (t[SLOT_KERNEL], c + 1);
    }

    /* A change is flushed on the CPUs that have the space loaded, and there only */
    static struct space_hst *other;
    other = space();
    paddr_t const elsewhere = space_hst_root (other, pio, 3);

    for (unsigned c = 0; c < CORE_CPUS; c++) {
        core_cpu (c);
        rlx_store (&cpu_local.root, c == 3 ? elsewhere : root[c]);
    }
    core_cpu (0);
    memset (core_flushes, 0, sizeof core_flushes);

    put (s, &space_hst_nova, 0x10000, 77, 0, 3, 0);
    for (unsigned c = 0; c < CORE_CPUS; c++)
        assert_int_equal (core_flushes[c], 0);          /* nothing was there                                        */
    put (s, &space_hst_nova, 0x10000, 77, 0, 1, 0);
    for (unsigned c = 0; c < CORE_CPUS; c++)
        assert_int_equal (core_flushes[c], c < 3);
    put (s, &space_hst_nova, 0x10000, 64, 9, 1, 0);
    put (s, &space_hst_nova, 0x10000, 0x8000000 - 512, 9, 1, 0);
    memset (core_flushes, 0, sizeof core_flushes);
    assert_int_equal (space_hst_map_kernel (s, 77 << 12, kmem_virt (CORE_PHYS), true), STATUS_SUCCESS);
    assert_int_equal (core_flushes[1], 1);
    space_hst_unmap_kernel (s, 77 << 12, kmem_virt (CORE_PHYS));
    assert_int_equal (core_flushes[1], 2);
    assert_int_equal (core_flushes[3], 0);

    kobject_unref (&pio->obj);
    drop (other);
    drop (s);
    assert_int_equal (core_pages(), base);
}

static struct space_hst *race_src;
static uint64_t race_page;

/* Another CPU puts one large page where the source had small ones */
static void replace (void)
{
    put (race_src, &space_hst_nova, 0x400000000 >> 12, race_page, 9, 7, 0);
}

static void small_pages (struct space_hst *s, uint64_t page)
{
    for (unsigned i = 0; i < 512; i++) {
        put (s, &space_hst_nova, 0x500000 + i * 2, page + i, 0, 7, 0);
    }
}

static void replace_and_stop (void)
{
    core_preempt = NULL;
    replace();
    cpu_local.hazard |= HAZARD_SCHED;
}

/* A chunk has the order of the source at the moment, which may have changed since the chunk before: never misaligned */
static void changing_source (void **state)
{
    (void)state;

    for (unsigned way = 0; way < 2; way++) {

        struct space_hst *const dst = space();
        uint64_t progress = 0, const_dsb = LAST + 1 - 512;

        race_src  = space();
        race_page = 0x1000;
        small_pages (race_src, race_page);

        if (way)                                        /* on this CPU, at a preemption point                       */
            core_preempt = replace_and_stop;
        else
            core_alloc = replace;                       /* on another CPU, within the first chunk                   */

        assert_int_equal (delegate (dst, race_src, race_page, const_dsb, 9, 7, 0, &progress), STATUS_SUCCESS);

        walk (dst->table, hpt_levels - 1, 0);

        for (unsigned i = 0; i < 512; i++) {            /* each page as it was before or after                      */
            paddr_t pa;
            uint64_t const a = look (dst, const_dsb + i, &pa);
            assert_int_equal (a, hpt_attr (7, 0) | (i == 511 ? HPT_NX : 0));
            assert_true (pa == 0x400000000 + i * PAGE_SIZE || (i < 32 && pa == (0x500000 + i * UINT64_C (2)) << 12));
        }

        core_settle();
        drop (dst), drop (race_src);
    }
}

static int group (void **state)
{
    (void)state;

    core_init (CORE_CPUS);
    assert_int_equal (pd_create (&pd), STATUS_SUCCESS);
    protect();

    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (from_nova),
        cmocka_unit_test (boundaries),
        cmocka_unit_test (large),
        cmocka_unit_test (from_space),
        cmocka_unit_test (kernel_pages),
        cmocka_unit_test (preemption),
        cmocka_unit_test (cpu_tables),
        cmocka_unit_test (changing_source),
    };

    int const failed = cmocka_run_group_tests_name ("4 levels", tests, group, NULL);

    if (!failed)
        core_raise();

    return failed ? failed : cmocka_run_group_tests_name ("5 levels", tests, NULL, NULL);
}
