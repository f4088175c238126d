/* SPDX-License-Identifier: GPL-2.0-only */
/* MSR spaces: both forms of the bitmap as the CPUs read them, bit by bit, against the table of the specification and a model. */
#include <space_msr.h>

#include <abi/perm.h>
#include <buddy.h>
#include <core.h>
#include <msr.h>
#include <pd.h>

static struct pd *pd;
static uint64_t seed = 71;
static bool svm;

enum { LOW_END = 0x2000, COUNT = 2 * LOW_END };         /* MSRs in the order of the bitmaps: both ranges            */

static uint32_t number (unsigned i) { return i < LOW_END ? i : 0xc0000000 + (i - LOW_END); }

/* Does RDMSR (or WRMSR) exit? SDM 3C, 25.6.9: four bitmaps of 1 KiB; AMD APM 2, 15.11: two bits for each, low one for reading */
static bool exits (uint8_t const *bitmap, uint32_t msr, bool write)
{
    bool const high = msr >= 0xc0000000;
    unsigned const n = msr & 0x1fff;

    if (!svm)
        return bitmap[(write ? 2048 : 0) + (high ? 1024 : 0) + n / 8] >> n % 8 & 1;

    return bitmap[(high ? 0x800 : 0) + n / 4] >> (n % 4 * 2 + write) & 1;
}

static unsigned perm (struct space_msr const *s, uint32_t msr)
{
    uint8_t const *const b = (uint8_t const *)(uintptr_t)s->bitmap;

    return (exits (b, msr, false) ? 0 : PERM_MSR_R) | (exits (b, msr, true) ? 0 : PERM_MSR_W);
}

/* What belongs to no register stays set; the third range of SVM and what is behind it, too */
static void check_rest (struct space_msr const *s)
{
    uint8_t const *const b = (uint8_t const *)(uintptr_t)s->bitmap;

    for (unsigned i = 0x1000; svm && i < 0x2000; i++)
        assert_int_equal (b[i], 0xff);
}

/* Interface specification, 8.2.3, typed once more */
static struct { uint32_t msr; unsigned perm; } const row[] = {
    { 0x174, 3 }, { 0x175, 3 }, { 0x176, 3 }, { 0x277, 3 }, { 0xc0000080, 3 }, { 0xc0000100, 3 }, { 0xc0000101, 3 }, { 0xc0000102, 3 },
    { 0x49, 2 }, { 0x10b, 2 },
    { 0x10, 1 }, { 0x17, 1 }, { 0x8b, 1 }, { 0xcf, 1 }, { 0xe7, 1 }, { 0xe8, 1 }, { 0xfe, 1 }, { 0x10a, 1 }, { 0x123, 1 }, { 0x195, 1 },
    { 0x198, 1 }, { 0x19c, 1 }, { 0x1b1, 1 }, { 0xda0, 1 }, { 0xc0000081, 1 }, { 0xc0000082, 1 }, { 0xc0000084, 1 }, { 0xc0000103, 1 },
};

static unsigned specified (uint32_t msr)
{
    for (unsigned i = 0; i < ARRAY_SIZE (row); i++)
        if (row[i].msr == msr)
            return row[i].perm;

    return 0;
}

static void form (bool is_svm)
{
    svm = is_svm;
    core_virt = is_svm ? VIRT_SVM : VIRT_VMX;
    buddy_free (space_msr_nova.bitmap);
    assert_int_equal (space_msr_init(), STATUS_SUCCESS);
}

static struct space_msr *space (void)
{
    struct space_msr *s;
    assert_int_equal (space_msr_create (&s, pd), STATUS_SUCCESS);
    return s;
}

static void drop (struct space_msr *s)
{
    kobject_unref (&s->obj);
    core_settle();
}

static void nova_space (void **state)
{
    (void)state;

    for (unsigned f = 0; f < 2; f++) {

        form (f);
        for (unsigned i = 0; i < COUNT; i++)
            if (perm (&space_msr_nova, number (i)) != specified (number (i)))
                fail_msg ("MSR %#x: %u", number (i), perm (&space_msr_nova, number (i)));
        check_rest (&space_msr_nova);
    }

    assert_int_equal (ARRAY_SIZE (row), 28);            /* 8 + 2 + 18, as the table has them                        */
}

static void empty (void **state)
{
    (void)state;

    for (unsigned f = 0; f < 2; f++) {

        form (f);

        size_t const base = core_pages();
        struct space_msr *const s = space();

        for (unsigned i = 0; i < COUNT; i++)
            assert_int_equal (perm (s, number (i)), 0);
        check_rest (s);
        drop (s);
        assert_int_equal (core_pages(), base);
    }
}

/* Any order, from the NOVA space and between two others, over the ranges and beside them */
static void delegation (void **state)
{
    (void)state;

    static uint8_t model[3][COUNT];

    for (unsigned f = 0; f < 2; f++) {

        form (f);

        size_t const base = core_pages();
        struct space_msr *const s[3] = { &space_msr_nova, space(), space() };

        memset (model, 0, sizeof model);
        for (unsigned i = 0; i < COUNT; i++)
            model[0][i] = (uint8_t)specified (number (i));

        for (unsigned n = 0; n < 4000; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const from = (unsigned)(r >> 4) % 4 ? (unsigned)(r >> 6) % 3 : 0, to = 1 + (r & 1);
            unsigned const ord = (unsigned)(r >> 8) % 32, pmm = r >> 16 & 31;
            uint64_t const near = row[(r >> 24) % ARRAY_SIZE (row)].msr ^ (r >> 32 & (r >> 62 ? 0x3f : 0xffffffff));
            uint64_t const first = align_dn (near, BIT64 (ord));

            space_msr_delegate (s[to], s[from], first, ord, pmm);

            for (unsigned i = 0; i < COUNT; i++)
                if (number (i) >= first && number (i) < first + BIT64 (ord))
                    model[to][i] = (uint8_t)(model[from][i] & pmm);

            for (unsigned i = 0; i < COUNT; i++)
                if (perm (s[to], number (i)) != model[to][i])
                    fail_msg ("form %u, run %u, MSR %#x: %u, not %u", f, n, number (i), perm (s[to], number (i)), model[to][i]);
        }

        unsigned permitted = 0;
        space_msr_delegate (s[1], s[0], 0, 31, 31);     /* all of them, in two halves of the number space           */
        space_msr_delegate (s[1], s[0], BIT64 (31), 31, 31);
        for (unsigned i = 0; i < COUNT; i++)
            permitted += perm (s[1], number (i)) == model[0][i] && model[0][i];
        assert_int_equal (permitted, ARRAY_SIZE (row));

        for (unsigned i = 0; i < 3; i++)
            check_rest (s[i]);
        drop (s[1]), drop (s[2]);
        assert_int_equal (core_pages(), base);
    }
}

static unsigned points;

static void point (void) { points++; }

/* A point every 64 words of the bitmap at least, and no change of the NOVA space */
static void preemption (void **state)
{
    (void)state;

    for (unsigned f = 0; f < 2; f++) {

        form (f);

        struct space_msr *const s = space();

        core_preempt = point;
        points = 0;
        space_msr_delegate (s, &space_msr_nova, 0, 31, 31);
        core_preempt = NULL;
        assert_int_equal (points, f ? 4 : 2);           /* 256 or 128 words in the low range                        */
        drop (s);
    }
}

static void failures (void **state)
{
    (void)state;

    for (unsigned f = 0; f < 2; f++) {

        form (f);

        size_t const base = core_pages();
        struct space_msr *s;

        for (unsigned n = 1; n <= 2; n++) {
            core_fail = n;
            assert_int_equal (space_msr_create (&s, pd), STATUS_MEM_OBJ);
            core_fail = 0;
            assert_int_equal (core_pages(), base);
        }

        uint32_t const refs = rlx_load (&pd->obj.refs);
        rlx_store (&pd->obj.refs, 0);
        assert_int_equal (space_msr_create (&s, pd), STATUS_BAD_CAP);
        rlx_store (&pd->obj.refs, refs);
        assert_int_equal (core_pages(), base);
    }
}

static int group (void **state)
{
    (void)state;
    core_init (CORE_CPUS);
    return pd_create (&pd) != STATUS_SUCCESS;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (nova_space),
        cmocka_unit_test (empty),
        cmocka_unit_test (delegation),
        cmocka_unit_test (preemption),
        cmocka_unit_test (failures),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}
