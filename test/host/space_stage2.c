/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Guest and DMA spaces: what EPT, NPT and VT-d tables say after delegations, read as the manuals read them, against a model of
 * sampled pages; large pages by capability, preemption, memory that runs out and comes back.
 */
#include <space_stage2.h>

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <core.h>
#include <init.h>
#include <ipc.h>
#include <memory.h>
#include <pd.h>
#include <protected.h>
#include <space_hst.h>
#include <stage2.h>

static struct pd *pd;
static uint64_t seed = 61;

/* Formats, as the hardware tells them apart */
enum format { NPT, EPT, EPT_XO, EPT_MBEC, VTD, FORMATS };

static enum format format;
static unsigned leaf_max;                               /* highest level with leaves on this machine                */

/* The top level of the format at hand */
static unsigned top (void) { return format == VTD ? 3 : hpt_levels - 1; }

static void machine (enum format f, unsigned max)
{
    format            = f;
    core_virt         = f == NPT ? VIRT_SVM : VIRT_VMX;
    core_1g           = max == 2;
    core_ept_leaf_max = max;
    core_ept_x_only   = f == EPT_XO || f == EPT_MBEC;
    core_ept_mbec     = f == EPT_MBEC;
    leaf_max          = f == VTD ? 0 : f == NPT && !max ? 1 : max;
    acpi.vtd_units    = f == VTD;
}

static struct space_stage2 *space (void)
{
    struct space_stage2 *s;
    assert_int_equal (space_stage2_create (&s, pd, format == VTD ? KOBJECT_DMA : KOBJECT_GST), STATUS_SUCCESS);
    assert_int_equal (s->obj.type, format == VTD ? KOBJECT_DMA : KOBJECT_GST);
    return s;
}

static struct space_hst *host (void)
{
    struct space_hst *s;
    assert_int_equal (space_hst_create (&s, pd), STATUS_SUCCESS);
    return s;
}

static void drop (struct kobject *o)
{
    core_settle();
    uint32_t const refs = rlx_load (&pd->obj.refs);
    kobject_unref (o);
    core_settle();
    assert_int_equal (rlx_load (&pd->obj.refs), refs - 1);
}

/* As often as it takes: it stops for RCU work, too */
static long put (struct space_stage2 *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm, uint32_t mad)
{
    uint64_t progress = 0;
    long st;

    while ((st = space_stage2_delegate (dst, src, ssb, dsb, ord, pmm, mad, &progress)) == SYS_DEFER) {
        cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
        core_settle();
    }

    return st;
}

static void put_host (struct space_hst *dst, struct space_hst *src, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm, uint32_t mad)
{
    uint64_t progress = 0;

    while (space_hst_delegate (dst, src, ssb, dsb, ord, pmm, mad, &progress) == SYS_DEFER) {
        cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
        core_settle();
    }
}

/* What an address translates to. Type: in the encoding of the MTRRs (SDM 3A, table 12-8) */
struct result { bool r, w, xs, xu; unsigned type, level; uint64_t pa; };

enum { UC = 0, WC = 1, WT = 4, WP = 5, WB = 6 };

static unsigned type_of (uint32_t mad)
{
    switch (mad & 7) {
        case MAD_WB: return WB;
        case MAD_WT: return WT;
        case MAD_WC: return WC;
        case MAD_UC: return UC;
        case MAD_WP: return WP;
    }

    fail();
    return 0;
}

#define BITS(e, hi, lo) ((e) >> (lo) & (~UINT64_C (0) >> (63 - (hi) + (lo))))

/* AMD APM 2, 5.3.3 (long-mode entries) and 15.25.5: user bit required on all levels */
static bool npt_entry (uint64_t e, unsigned level, struct result *t)
{
    if (!(e & 1)) {
        assert_int_equal (BITS (e, 51, 12), 0);         /* may be the name of a hole, and no address (L1TF)         */
        return true;
    }

    bool const big = level && e >> 7 & 1;

    assert_true (e >> 2 & 1);                           /* user                                                     */
    assert_int_equal (BITS (e, 62, 52), 0);
    assert_int_equal (BITS (e, 11, 8), 0);

    if (level && !big) {
        assert_true (e >> 1 & 1 && !(e >> 63) && !BITS (e, 4, 3));
        return false;
    }

    assert_true (level <= leaf_max && e >> 5 & 1 && e >> 6 & 1);
    if (level)
        assert_int_equal (BITS (e, 12 + 9 * level - 1, 13), 0);

    static uint8_t const pat[] = { WB, WT, WC, UC, WP };
    unsigned const index = (unsigned)(BITS (e, 4, 3) | (level ? BITS (e, 12, 12) : BITS (e, 7, 7)) << 2);

    assert_true (index < ARRAY_SIZE (pat));
    assert_int_equal (PAT_VALUE >> 8 * index & 0xff, index == 2 ? WC : index == 3 ? UC : pat[index]);
    *t = (struct result) { .r = true, .w = e >> 1 & 1, .xs = !(e >> 63), .xu = !(e >> 63), .type = pat[index], .level = level,
                           .pa = e & UINT64_C (0xffffffffff000) & ~(BIT64 (12 + 9 * level) - 1) };
    return true;
}

/* SDM 3C, tables 29-1 to 29-6 and 29.3.3.1 (misconfigurations) */
static bool ept_entry (uint64_t e, unsigned level, struct result *t)
{
    bool const mbec = format == EPT_MBEC, x_only = core_ept_x_only;

    if (!BITS (e, 2, 0) && !(mbec && e >> 10 & 1)) {
        assert_int_equal (e, 0);
        return true;
    }

    assert_int_equal (BITS (e, 63, 52), 0);
    assert_int_equal (BITS (e, 9, 8), 0);
    assert_int_equal (BITS (e, 11, 11), 0);

    if (!(e & 1)) {
        assert_false (e >> 1 & 1);
        assert_true (x_only);
    }

    if (level && !(e >> 7 & 1)) {
        assert_int_equal (BITS (e, 7, 3), 0);
        assert_int_equal (BITS (e, 2, 0), 7);
        assert_true (e >> 10 & 1);
        return false;
    }

    assert_true (level <= leaf_max);
    assert_int_equal (e >> 6 & 1, 0);
    assert_int_equal (e >> 7 & 1, level > 0);
    if (level)
        assert_int_equal (BITS (e, 12 + 9 * level - 1, 12), 0);

    *t = (struct result) { .r = e & 1, .w = e >> 1 & 1, .xs = e >> 2 & 1, .xu = mbec ? e >> 10 & 1 : e >> 2 & 1,
                           .type = (unsigned)BITS (e, 5, 3), .level = level, .pa = BITS (e, 51, 12) << 12 };
    return true;
}

/* VT-d 9.8: leaves of 4 KiB until somebody knows better; SNP (11) and TM (62) are options of the hardware */
static bool vtd_entry (uint64_t e, unsigned level, struct result *t)
{
    if (!BITS (e, 1, 0)) {
        assert_int_equal (e, 0);
        return true;
    }

    assert_int_equal (BITS (e, 63, 52), 0);
    assert_int_equal (BITS (e, 11, 6), 0);
    assert_int_equal (e >> 2 & 1, 0);

    if (level) {
        assert_int_equal (BITS (e, 5, 3), 0);
        assert_int_equal (BITS (e, 1, 0), 3);
        return false;
    }

    *t = (struct result) { .r = e & 1, .w = e >> 1 & 1, .type = (unsigned)BITS (e, 5, 3), .pa = BITS (e, 51, 12) << 12 };
    return true;
}

static bool entry (uint64_t e, unsigned level, struct result *t)
{
    return format == NPT ? npt_entry (e, level, t) : format == VTD ? vtd_entry (e, level, t) : ept_entry (e, level, t);
}

static struct result look (struct space_stage2 const *s, uint64_t page)
{
    pte_slot_t *table = s->root;
    struct result t = { 0 };

    for (unsigned level = top();; level--) {

        uint64_t const e = rlx_load (&table[page >> 9 * level & 511]);

        if (entry (e, level, &t)) {
            t.pa |= t.r || t.w || t.xs || t.xu ? (page & (BIT64 (9 * level) - 1)) << 12 : 0;
            return t;
        }

        assert_true (level);
        table = kmem_virt (BITS (e, 51, 12) << 12);
    }
}

/* Every entry is well-formed */
static void walk (pte_slot_t *table, unsigned level)
{
    for (unsigned i = 0; i < 512; i++) {

        struct result t;
        uint64_t const e = rlx_load (&table[i]);

        if (!entry (e, level, &t))
            walk (kmem_virt (BITS (e, 51, 12) << 12), level - 1);
    }
}

/* What permissions become: interface specification, 4.1.3, and what the hardware can express */
static struct result expected (unsigned perm, uint32_t mad, uint64_t pa)
{
    struct result t = { .r = perm & PERM_MEM_R, .w = perm & PERM_MEM_W, .xs = perm & PERM_MEM_XS, .xu = perm & PERM_MEM_XU };

    switch (format) {
        case NPT:      t.r |= t.w || t.xs || t.xu; t.xs = t.xu = t.xs || t.xu; break;
        case EPT:      t.r |= t.w || t.xs || t.xu; t.xs = t.xu = t.xs || t.xu; break;
        case EPT_XO:   t.r |= t.w; t.xs = t.xu = t.xs || t.xu; break;
        case EPT_MBEC: t.r |= t.w; break;
        case VTD:      t.xs = t.xu = false; break;
        case FORMATS:  fail();
    }

    if (!(t.r || t.w || t.xs || t.xu))
        return (struct result) { 0 };

    t.type = type_of (mad);
    t.pa   = pa;

    return t;
}

/* 256 pages spread over all of the addresses */
static struct { uint64_t page; struct result t; } model[256];

static void model_reset (void)
{
    static unsigned const index[4][4] = { { 0, 1, 2, 511 }, { 0, 1, 300, 511 }, { 0, 1, 2, 511 }, { 0, 1, 300, 511 } };

    memset (model, 0, sizeof model);

    for (unsigned i = 0; i < 256; i++)
        for (unsigned l = 0; l < 4; l++)
            model[i].page |= (uint64_t)index[l][i >> 2 * l & 3] << 9 * l;

    for (unsigned i = 0; top() == 4 && i < 256; i++)    /* mixed with the others                                    */
        model[i].page |= (uint64_t)(i % 3 ? i % 3 == 1 ? 511 : 256 : 0) << 36;
}

static bool same (struct result a, struct result b)
{
    return a.r == b.r && a.w == b.w && a.xs == b.xs && a.xu == b.xu && a.type == b.type && a.pa == b.pa;
}

static void check (struct space_stage2 *s)
{
    for (unsigned i = 0; i < 256; i++)
        if (!same (look (s, model[i].page), model[i].t))
            fail_msg ("format %u: page %#lx differs", format, model[i].page);
}

static unsigned order_max (void) { return leaf_max == 2 ? 31 : leaf_max == 1 ? 20 : 13; }

static void from_nova (void **state)
{
    (void)state;

    size_t const base = core_pages();

    for (unsigned run = 0; run < 2 * 3 * FORMATS; run++) {

        machine (run % FORMATS, run / FORMATS % 3);

        bool const scarce = run >= 3 * FORMATS;
        struct space_stage2 *const s = space();
        unsigned failures = 0;

        model_reset();

        for (unsigned n = 0; n < 120; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const ord = (unsigned)(r >> 8) % order_max(), pmm = r >> 16 & 31;
            uint32_t const mad = (uint32_t)(r >> 24) % 5;
            uint64_t const dsb = align_dn (model[r & 255].page, BIT64 (ord)), ssb = align_dn (interesting (&seed) >> 12, BIT64 (ord));

            if (scarce && r >> 62 == 0)
                core_fail = 1 + (r >> 40) % 5;

            long const st = put (s, &space_hst_nova, ssb, dsb, ord, pmm, mad);
            bool done = true;

            core_fail = 0;
            assert_true (st == STATUS_SUCCESS || (scarce && st == STATUS_MEM_CAP));
            failures += st == STATUS_MEM_CAP;

            for (unsigned i = 0; i < 256; i++) {        /* ascending: what comes before the failure is done         */

                uint64_t const p = model[i].page;

                if (p < dsb || p >= dsb + BIT64 (ord))
                    continue;

                uint64_t const pa = (ssb + (p - dsb)) << 12;
                struct result const want = allowed (pa) ? expected (pmm, mad, pa) : (struct result) { 0 };

                if (st == STATUS_MEM_CAP && done)
                    done = same (look (s, p), want);
                if (done)
                    model[i].t = want;
            }

            check (s);
        }

        assert_true (failures || !scarce);
        walk (s->root, top());
        drop (&s->obj);
        assert_int_equal (core_pages(), base);
    }
}

/* Source permissions and attributes of a host space; its kernel pages are null capabilities */
static void from_host (void **state)
{
    (void)state;

    size_t const base = core_pages();

    for (unsigned f = 0; f < FORMATS; f++) {

        machine (f, 2);

        struct space_stage2 *const s = space();
        struct space_hst *const src = host();
        void *const utcb = buddy_alloc (0, BUDDY_ZERO);

        for (unsigned perm = 0; perm < 16; perm++)
            for (uint32_t mad = 0; mad < 5; mad++) {

                uint64_t const at = 0x40000 + perm * 8 + mad, pa = UINT64_C (0x500000000) + (perm * 8 + mad) * 0x3000;

                put_host (src, &space_hst_nova, pa >> 12, at, 0, perm, mad);

                for (unsigned pmm = 0; pmm < 32; pmm++) {

                    /* On the host, X is one permission and every page can be read */
                    unsigned const have = perm ? PERM_MEM_R | (perm & PERM_MEM_W) |
                                          (perm & (PERM_MEM_XU | PERM_MEM_XS) ? PERM_MEM_XU | PERM_MEM_XS : 0) : 0;

                    assert_int_equal (put (s, src, at, 0x123456789, 0, pmm, 7 << 5 | 7), STATUS_SUCCESS);
                    assert_true (same (look (s, 0x123456789), expected (have & pmm, mad, pa)));
                }
            }

        /* Large and small pages of the source, in one go, from which some are missing */
        put_host (src, &space_hst_nova, 0x4000000000 >> 12, 0x80000, 19, 15, MAD_WP);   /* has the PAT bit that moves */
        put_host (src, &space_hst_nova, 0x4000000000 >> 12, 0x80000 + 0x300, 3, 0, 0);
        assert_int_equal (put (s, src, 0x80000, 0x100000, 14, 15, 0), STATUS_SUCCESS);
        for (unsigned i = 0; i < 0x4000; i++)
            assert_true (same (look (s, 0x100000 + i), i >= 0x300 && i < 0x308 ? (struct result) { 0 } :
                               expected (15, MAD_WP, 0x4000000000 + ((uint64_t)i << 12))));
        assert_true (same (look (s, 0x104000), (struct result) { 0 }));

        assert_int_equal (space_hst_map_kernel (src, UINT64_C (0x7ff000000), utcb, true), STATUS_SUCCESS);
        assert_int_equal (put (s, &space_hst_nova, 0x10000, 0x7ff000, 0, 3, 0), STATUS_SUCCESS);
        assert_int_equal (put (s, src, 0x7ff000, 0x7ff000, 0, 31, 0), STATUS_SUCCESS);
        assert_true (same (look (s, 0x7ff000), (struct result) { 0 }));

        walk (s->root, top());
        drop (&s->obj), drop (&src->obj);
        buddy_free (utcb);
        assert_int_equal (core_pages(), base);
    }
}

/* Leaves are as large as the hardware, the order and the area allow, and tables no more than that takes */
static void large (void **state)
{
    (void)state;

    for (unsigned f = 0; f < FORMATS; f++)
        for (unsigned max = 0; max < 3; max++) {

            machine (f, max);

            struct space_stage2 *const s = space();

            core_allocs = 0;
            assert_int_equal (put (s, &space_hst_nova, 0x4000000000 >> 12, 0x1000000000 >> 12, 18, 3, 0), STATUS_SUCCESS);
            assert_int_equal (look (s, 0x1000000000 >> 12).level, leaf_max);
            assert_int_equal (core_allocs, (leaf_max == 2 ? 1 : leaf_max == 1 ? 2 : 2 + 512) + top() - 3);

            core_allocs = 0;                            /* a hole costs nothing, and takes what was there along     */
            assert_int_equal (put (s, &space_hst_nova, 0x4000000000 >> 12, 0x1000000000 >> 12, 18, 0, 0), STATUS_SUCCESS);
            assert_int_equal (core_allocs, 0);
            assert_true (same (look (s, 0x1000000000 >> 12), (struct result) { 0 }));

            /* Order 9: all or nothing (MCO of the HIP), with every allocation failing                              */
            for (unsigned n = 1;; n++) {

                core_fail = n;
                long const st = put (s, &space_hst_nova, 0x4000000000 >> 12, 0x7000000000 >> 12, 9, 3, 0);
                core_fail = 0;
                if (st == STATUS_SUCCESS)
                    break;
                assert_int_equal (st, STATUS_MEM_CAP);
                for (unsigned i = 0; i < 512; i++)
                    assert_true (same (look (s, (0x7000000000 >> 12) + i), (struct result) { 0 }));
            }

            drop (&s->obj);
        }
}

static void equal (pte_slot_t *a, pte_slot_t *b, unsigned level)
{
    for (unsigned i = 0; i < 512; i++) {

        uint64_t const x = rlx_load (&a[i]), y = rlx_load (&b[i]);
        struct result t;

        if (!entry (x, level, &t)) {
            assert_int_equal (x & 0xfff, y & 0xfff);
            equal (kmem_virt (BITS (x, 51, 12) << 12), kmem_virt (BITS (y, 51, 12) << 12), level - 1);
        } else
            assert_int_equal (x, y);
    }
}

/* With stops and without: the same tables. No more than 64 leaves are written between two points. */
static void preemption (void **state)
{
    (void)state;

    size_t const base = core_pages();

    core_stops = 0;

    for (unsigned run = 0; run < 3 * FORMATS; run++) {

        machine (run % FORMATS, run / FORMATS);

        struct space_stage2 *const a = space(), *const b = space();

        for (unsigned n = 0; n < 12; n++) {

            uint64_t const r = host_random (&seed), dsb = (r & 3) << 20, ssb = 0x4000000000 >> 12;
            unsigned const ord = leaf_max == 2 ? 28 : leaf_max == 1 ? 20 : 11 + (unsigned)(r >> 8) % 3, pmm = 1 + (r >> 16) % 3;
            uint64_t progress = 0, last = 0;

            core_preempt = NULL;
            assert_int_equal (put (a, &space_hst_nova, ssb, align_dn (dsb, BIT64 (ord)), ord, pmm, 0), STATUS_SUCCESS);

            core_preempt = core_preempt_some;
            core_points = 0;
            for (long st; (st = space_stage2_delegate (b, &space_hst_nova, ssb, align_dn (dsb, BIT64 (ord)), ord, pmm, 0, &progress)) !=
                          STATUS_SUCCESS; ) {
                assert_int_equal (st, SYS_DEFER);
                assert_true (progress > last && progress < BIT64 (ord));
                last = progress;
                cpu_local.hazard &= ~(uint32_t)HAZARD_SCHED;
                core_settle();
            }
            core_preempt = NULL;

            uint64_t const leaves = BIT64 (ord) >> 9 * leaf_max;
            assert_true (core_points + 1 >= leaves / 64);
        }

        equal (a->root, b->root, top());
        drop (&a->obj), drop (&b->obj);
        assert_int_equal (core_pages(), base);
    }

    assert_true (core_stops > 50);
}

/* Creation: what the machine lacks, what memory lacks, a PD that has just gone */
static void creation (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_stage2 *s;

    core_virt = VIRT_NONE;
    acpi.vtd_units = 0;
    assert_int_equal (space_stage2_create (&s, pd, KOBJECT_GST), STATUS_BAD_FTR);
    assert_int_equal (space_stage2_create (&s, pd, KOBJECT_DMA), STATUS_BAD_FTR);
    core_virt = VIRT_SVM;
    assert_int_equal (space_stage2_create (&s, pd, KOBJECT_DMA), STATUS_BAD_FTR);
    acpi.vtd_units = 1;
    core_virt = VIRT_NONE;
    assert_int_equal (space_stage2_create (&s, pd, KOBJECT_GST), STATUS_BAD_FTR);

    for (unsigned f = 0; f < FORMATS; f++) {

        machine (f, 2);

        enum kobject_type const type = f == VTD ? KOBJECT_DMA : KOBJECT_GST;

        for (unsigned n = 1; n <= 2; n++) {             /* object cache, root table                                 */
            core_fail = n;
            assert_int_equal (space_stage2_create (&s, pd, type), STATUS_MEM_OBJ);
            core_fail = 0;
            assert_int_equal (core_pages(), base);
        }

        s = space();
        assert_int_equal (space_stage2_pages (s), BIT64 (9 * (top() + 1)));
        drop (&s->obj);
        assert_int_equal (core_pages(), base);

        uint32_t const refs = rlx_load (&pd->obj.refs);
        rlx_store (&pd->obj.refs, 0);
        assert_int_equal (space_stage2_create (&s, pd, type), STATUS_BAD_CAP);
        rlx_store (&pd->obj.refs, refs);
        assert_int_equal (core_pages(), base);
    }
}

static int group (void **state)
{
    (void)state;
    core_init (CORE_CPUS);
    protect();
    return pd_create (&pd) != STATUS_SUCCESS;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (creation),
        cmocka_unit_test (from_nova),
        cmocka_unit_test (from_host),
        cmocka_unit_test (large),
        cmocka_unit_test (preemption),
    };

    int const failed = cmocka_run_group_tests_name ("4 levels", tests, group, NULL);

    if (!failed)
        core_raise();

    return failed ? failed : cmocka_run_group_tests_name ("5 levels", tests, NULL, NULL);
}
