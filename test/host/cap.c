/* SPDX-License-Identifier: GPL-2.0-only */
/* Capabilities and object spaces: encoding, tables against a model, references, every failing allocation. */
#include <cap.h>

#include <core.h>
#include <pd.h>
#include <sm.h>
#include <space_obj.h>

static uint64_t seed = 17;

static struct kobject *at (uint32_t low) { return (struct kobject *)(intptr_t)(int32_t)low; }

static void encoding (void **state)
{
    (void)state;

    static uint32_t const address[] = { 0x80000040, 0xffffffc0, 0xb0000000, 0x80000000, 0x10000040, 0x7fffffc0 };

    for (unsigned a = 0; a < ARRAY_SIZE (address); a++)
        for (unsigned type = KOBJECT_PD; type < KOBJECT_TYPES; type++)
            for (unsigned perm = 0; perm < 64; perm++) {

                struct cap const c = cap_make (at (address[a]), (enum kobject_type)type, perm);
                unsigned const p = perm & 31;

                assert_int_equal (cap_is_null (c), !p);
                if (!p) {
                    assert_int_equal (c.word, 0);
                    continue;
                }

                assert_ptr_equal (cap_object (c), at (address[a]));
                assert_int_equal (cap_type (c), type);
                assert_int_equal (cap_perm (c), p);
                assert_int_equal (c.word >> 63 & 1,  type == KOBJECT_PT && p & PERM_PT_CALL);
                assert_int_equal (c.word >> 62 & 1, type == KOBJECT_SM && p & PERM_SM_UP);
                assert_int_equal (c.word >> 61 & 1, type == KOBJECT_SM && p & PERM_SM_DN);
                assert_int_equal (c.word >> 41 & 0xfffff, 0);
                assert_int_equal ((uint32_t)c.word, address[a]);

                for (unsigned t = 0; t < KOBJECT_TYPES; t++)
                    for (unsigned need = 0; need < 32; need++)
                        if (cap_is (c, (enum kobject_type)t, need) != (t == type && (p & need) == need))
                            fail_msg ("type %u perm %#x: is type %u perm %#x?", type, p, t, need);
            }

    assert_true (KOBJECT_TYPES <= 1 << CAP_TYPE_BITS);
    assert_true (cap_is_null ((struct cap) { 0 }));
    for (unsigned t = KOBJECT_PD; t < KOBJECT_TYPES; t++)
        assert_false (cap_is ((struct cap) { 0 }, (enum kobject_type)t, 0));
}

static struct pd *pd;

static uint32_t refs (struct kobject const *o) { return rlx_load (&o->refs); }

static struct space_obj *space (void)
{
    struct space_obj *s;
    assert_int_equal (space_obj_create (&s, pd), STATUS_SUCCESS);
    return s;
}

static struct sm *sem (void)
{
    struct sm *s;
    assert_int_equal (sm_create (&s, 0, SM_NO_INT), STATUS_SUCCESS);
    return s;
}

static void ranges (void **state)
{
    (void)state;

    struct space_obj *const s = space();
    struct sm *const m = sem();
    struct cap const c = cap_make (&m->obj, KOBJECT_SM, PERM_SM_ALL);
    size_t const base = core_pages();

    static uint64_t const beyond[] = { SEL_NUM, SEL_NUM + 1, SEL_NUM * 2, UINT64_C (1) << 32, ~UINT64_C (0), UINT64_C (1) << 63 };
    static uint64_t const within[] = { 0, 1, 511, 512, 513, SEL_NUM / 2, SEL_NUM - 512, SEL_NUM - 1 };

    for (unsigned i = 0; i < ARRAY_SIZE (beyond); i++) {
        assert_true (cap_is_null (space_obj_lookup (s, beyond[i])));
        assert_int_equal (space_obj_insert (s, beyond[i], c), STATUS_BAD_CAP);
    }

    for (unsigned i = 0; i < ARRAY_SIZE (within); i++) {
        assert_true (cap_is_null (space_obj_lookup (s, within[i])));
        kobject_ref (&m->obj);
        assert_int_equal (space_obj_insert (s, within[i], c), STATUS_SUCCESS);
        assert_int_equal (space_obj_lookup (s, within[i]).word, c.word);
        assert_int_equal (space_obj_insert (s, within[i], c), STATUS_BAD_CAP);
        assert_int_equal (space_obj_insert (s, within[i], cap_make (&m->obj, KOBJECT_SM, PERM_SM_UP)), STATUS_BAD_CAP);
        assert_int_equal (space_obj_lookup (s, within[i]).word, c.word);
    }

    assert_int_equal (core_pages(), base - 4);          /* leaves 0, 1, middle, last                                */
    assert_int_equal (refs (&m->obj), 1 + ARRAY_SIZE (within));

    kobject_unref (&s->obj);
    core_settle();
    assert_int_equal (refs (&m->obj), 1);
    kobject_unref (&m->obj);
    core_settle();
}

static void delegation (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_obj *const a = space(), *const b = space();
    struct sm *const m = sem(), *const n = sem();
    size_t const pages = core_pages();

    assert_int_equal (space_obj_insert (a, 5, cap_make (&m->obj, KOBJECT_SM, PERM_SM_ALL)), STATUS_SUCCESS);
    assert_int_equal (space_obj_insert (a, 6, cap_make (&n->obj, KOBJECT_SM, PERM_SM_ALL)), STATUS_SUCCESS);
    assert_int_equal (core_pages(), pages - 1);

    core_allocs = 0;                                    /* nothing over nothing                                     */
    assert_int_equal (space_obj_delegate (b, a, 1000, 7, 31), STATUS_SUCCESS);
    assert_int_equal (space_obj_delegate (b, a, 1000, 100000, 31), STATUS_SUCCESS);
    assert_int_equal (space_obj_delegate (b, a, 1000, 5, 0), STATUS_SUCCESS);
    assert_int_equal (space_obj_delegate (b, a, 1000, 5, PERM_SM_ASSIGN), STATUS_SUCCESS);
    assert_int_equal (core_allocs, 0);
    assert_int_equal (refs (&m->obj), 1);

    assert_int_equal (space_obj_delegate (b, a, 1000, 5, PERM_SM_UP), STATUS_SUCCESS);
    assert_int_equal (space_obj_lookup (b, 1000).word, cap_make (&m->obj, KOBJECT_SM, PERM_SM_UP).word);
    assert_int_equal (refs (&m->obj), 2);
    assert_int_equal (space_obj_delegate (b, b, 1000, 1000, 31), STATUS_SUCCESS);       /* over itself              */
    assert_int_equal (refs (&m->obj), 2);
    assert_int_equal (space_obj_delegate (b, a, 1000, 6, 31), STATUS_SUCCESS);          /* overwritten              */
    assert_int_equal (refs (&m->obj), 1);
    assert_int_equal (refs (&n->obj), 2);
    assert_int_equal (space_obj_delegate (b, a, 1000, 5, 0), STATUS_SUCCESS);           /* masked to nothing: revoked */
    assert_true (cap_is_null (space_obj_lookup (b, 1000)));
    assert_int_equal (refs (&n->obj), 1);

    /* An object on its way out is not given away, but what was there goes */
    assert_int_equal (space_obj_delegate (b, a, 1000, 6, 31), STATUS_SUCCESS);
    rlx_store (&m->obj.refs, 0);
    assert_int_equal (space_obj_delegate (b, a, 1000, 5, 31), STATUS_SUCCESS);
    assert_true (cap_is_null (space_obj_lookup (b, 1000)));
    assert_int_equal (refs (&n->obj), 1);
    rlx_store (&m->obj.refs, 1);

    kobject_unref (&a->obj);
    kobject_unref (&b->obj);
    core_settle();
    assert_int_equal (core_pages(), base);
    assert_int_equal (refs (&pd->obj), 1);
}

#define SELS 4096                                       /* of 8 leaves                                              */

static void random_model (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_obj *const s[2] = { space(), space() };
    struct sm *m[16];
    static struct { uint8_t object, perm; } model[2][SELS];
    unsigned expected[16], failures = 0;

    memset (model, 0, sizeof model);
    for (unsigned i = 0; i < 16; i++)
        m[i] = sem();

    for (unsigned n = 0; n < 60000; n++) {

        uint64_t const r = host_random (&seed);
        unsigned const d = r & 1, q = r >> 1 & 1;
        unsigned const dsb = (unsigned)(r >> 8) % SELS, ssb = r >> 2 & 1 ? dsb : (unsigned)(r >> 24) % SELS;
        unsigned const o = r >> 40 & 15, perm = r >> 44 & 31;
        struct cap const before = space_obj_lookup (s[d], dsb);

        core_fail = r >> 63;

        if (r >> 3 & 1) {

            struct cap const c = cap_make (&m[o]->obj, KOBJECT_SM, perm);
            kobject_ref (&m[o]->obj);
            enum status const st = cap_is_null (c) ? STATUS_BAD_CAP : space_obj_insert (s[d], dsb, c);

            if (st == STATUS_SUCCESS) {
                assert_int_equal (model[d][dsb].perm, 0);
                model[d][dsb].object = (uint8_t)o;
                model[d][dsb].perm   = (uint8_t)perm;
            } else {
                kobject_unref (&m[o]->obj);
                assert_true (st == STATUS_MEM_CAP ? cap_is_null (before) : !perm || model[d][dsb].perm);
                failures += st == STATUS_MEM_CAP;
            }
        } else {

            enum status const st = space_obj_delegate (s[d], s[q], dsb, ssb, perm);

            if (st == STATUS_SUCCESS) {
                model[d][dsb] = model[q][ssb];
                model[d][dsb].perm &= perm;
            } else {
                assert_int_equal (st, STATUS_MEM_CAP);
                assert_int_equal (space_obj_lookup (s[d], dsb).word, before.word);
                failures++;
            }
        }

        core_fail = 0;

        struct cap const c = space_obj_lookup (s[d], dsb);
        assert_int_equal (cap_perm (c), model[d][dsb].perm);
        if (model[d][dsb].perm)
            assert_ptr_equal (cap_object (c), m[model[d][dsb].object]);

        if (n % 10000 == 0) {

            for (unsigned i = 0; i < 16; i++)
                expected[i] = 1;
            for (unsigned i = 0; i < 2 * SELS; i++)
                expected[model[i / SELS][i % SELS].object] += !!model[i / SELS][i % SELS].perm;
            for (unsigned i = 0; i < 16; i++)
                assert_int_equal (refs (&m[i]->obj), expected[i]);
        }
    }

    assert_true (failures > 3);
    kobject_unref (&s[0]->obj);
    kobject_unref (&s[1]->obj);
    core_settle();

    for (unsigned i = 0; i < 16; i++) {
        assert_int_equal (refs (&m[i]->obj), 1);
        kobject_unref (&m[i]->obj);
    }

    core_settle();
    assert_int_equal (core_pages(), base);
}

/* Create, insert, delegate, with the n-th allocation failing, for every n: all pages and references come back */
static bool everything (void)
{
    struct space_obj *s[2] = { NULL, NULL };
    struct sm *m = NULL;
    bool ok = space_obj_create (&s[0], pd) == STATUS_SUCCESS && space_obj_create (&s[1], pd) == STATUS_SUCCESS &&
              sm_create (&m, 0, SM_NO_INT) == STATUS_SUCCESS;

    for (unsigned i = 0; ok && i < 4; i++) {

        uint32_t const before = refs (&m->obj);

        kobject_ref (&m->obj);

        enum status st = space_obj_insert (s[0], i * 700, cap_make (&m->obj, KOBJECT_SM, 3));
        if (st != STATUS_SUCCESS) {
            assert_int_equal (st, STATUS_MEM_CAP);
            assert_true (cap_is_null (space_obj_lookup (s[0], i * 700)));
            kobject_unref (&m->obj);
            assert_int_equal (refs (&m->obj), before);
            ok = false;
            break;
        }

        st = space_obj_delegate (s[1], s[0], 100000 + i * 700, i * 700, 1);
        if (st != STATUS_SUCCESS) {
            assert_int_equal (st, STATUS_MEM_CAP);
            assert_true (cap_is_null (space_obj_lookup (s[1], 100000 + i * 700)));
            assert_int_equal (refs (&m->obj), before + 1);
            ok = false;
        }
    }

    core_fail = 0;

    for (unsigned i = 0; i < 2; i++)
        if (s[i])
            kobject_unref (&s[i]->obj);
    if (m)
        kobject_unref (&m->obj);
    core_settle();

    return ok;
}

static void failures (void **state)
{
    (void)state;

    size_t const base = core_pages();
    unsigned n = 0;

    do {
        core_fail = ++n;
        assert_true (n < 100);
        bool const ok = everything();
        assert_int_equal (core_pages(), base);
        assert_int_equal (refs (&pd->obj), 1);
        if (ok)
            break;
    } while (true);

    assert_int_equal (n, 2 + 2 + 8 + 1);                /* caches of spaces and semaphores, roots, leaves: each failed once */
}

/* A PD's first space of a kind: found while it lives, and not a moment longer */
static void first_space (void **state)
{
    (void)state;

    size_t const base = core_pages();

    assert_null (pd_space (pd, KOBJECT_OBJ));
    assert_true (pd_reserve (pd, KOBJECT_OBJ));
    assert_false (pd_reserve (pd, KOBJECT_OBJ));
    assert_null (pd_space (pd, KOBJECT_OBJ));
    pd_attach (pd, KOBJECT_OBJ, NULL);
    assert_true (pd_reserve (pd, KOBJECT_OBJ));

    struct space_obj *const s = space(), *const other = space();

    pd_attach (pd, KOBJECT_OBJ, s);
    assert_ptr_equal (pd_space (pd, KOBJECT_OBJ), s);
    assert_int_equal (refs (&s->obj), 2);
    kobject_unref (&other->obj);
    core_settle();
    kobject_unref (&s->obj);
    kobject_unref (&s->obj);
    assert_null (rlx_load (&pd->space[KOBJECT_OBJ]));   /* before the grace period is over                          */
    assert_null (pd_space (pd, KOBJECT_OBJ));
    core_settle();
    assert_null (pd_space (pd, KOBJECT_OBJ));
    assert_int_equal (core_pages(), base);
}

/* Retirement goes in steps, one leaf each */
static void steps (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_obj *const s = space();
    struct sm *const m = sem();

    for (unsigned i = 0; i < SEL_NUM; i += 8 * 512 + 3) {
        kobject_ref (&m->obj);
        assert_int_equal (space_obj_insert (s, i, cap_make (&m->obj, KOBJECT_SM, 1)), STATUS_SUCCESS);
    }

    unsigned n = 0;
    uint32_t before = refs (&m->obj);

    assert_true (before > 60);
    while (space_obj_retire (&s->obj)) {
        n++;
        assert_int_equal (refs (&m->obj), before - n);
    }

    assert_int_equal (n, before - 1);
    kobject_unref (&m->obj);
    core_settle();
    assert_int_equal (refs (&pd->obj), 1);
    assert_int_equal (core_pages(), base);
}

/* A full leaf takes several, each of a bounded number of references; the leaf goes with its last one */
static void full_leaf (void **state)
{
    (void)state;

    size_t const base = core_pages();
    struct space_obj *const s = space();
    struct sm *const m = sem();

    for (unsigned i = 0; i < 1024; i++) {
        kobject_ref (&m->obj);
        assert_int_equal (space_obj_insert (s, 512 * 7 + i, cap_make (&m->obj, KOBJECT_SM, 1)), STATUS_SUCCESS);
    }

    for (unsigned n = 0; n < 1024; n += 32) {
        size_t const pages = core_pages();
        assert_int_equal (refs (&m->obj), 1025 - n);
        assert_true (space_obj_retire (&s->obj));
        assert_int_equal (core_pages() - pages, (n + 32) % 512 == 0);
    }

    assert_int_equal (refs (&m->obj), 1);
    assert_false (space_obj_retire (&s->obj));
    kobject_unref (&m->obj);
    core_settle();
    assert_int_equal (core_pages(), base);
}

static int group (void **state)
{
    (void)state;
    core_init (1);
    assert_int_equal (pd_create (&pd), STATUS_SUCCESS);
    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (encoding),
        cmocka_unit_test (ranges),
        cmocka_unit_test (delegation),
        cmocka_unit_test (random_model),
        cmocka_unit_test (failures),
        cmocka_unit_test (first_space),
        cmocka_unit_test (steps),
        cmocka_unit_test (full_leaf),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}
