/* SPDX-License-Identifier: GPL-2.0-only */
/* Object caches of every size, on the kernel's page allocator. */
#include <slab.h>

#include <buddy.h>
#include <core.h>

#define OBJECTS 600

static uint64_t seed = 3;

static void mark (struct slab_cache const *c, unsigned char *p, unsigned char v)
{
    assert_non_null (p);
    assert_int_equal ((uintptr_t)p % 64, 0);
    for (size_t i = 0; i < c->size; i += 8)
        assert_int_equal (*(uint64_t *)(void *)(p + i), 0);
    memset (p, v, c->size);
}

static void drop (struct slab_cache *c, unsigned char *p, unsigned char v)
{
    for (size_t i = 0; i < c->size; i++)
        if (p[i] != v)
            fail_msg ("object changed at %zu", i);
    slab_free (c, p);
}

static size_t slabs (struct slab_cache const *c)
{
    size_t n = 0;

    for (struct link const *l = c->partial.next; l != &c->partial; l = l->next) {
        assert_ptr_equal (l->next->prev, l);
        n++;
    }

    return n;
}

/* One slab full, one object more, and back: pages come and go exactly when they must */
static void sizes (void **state)
{
    (void)state;

    size_t const base = core_pages();
    static unsigned char *object[OBJECTS];

    for (size_t size = 1; size <= 64 * KIB; size += size < 4096 ? 63 : size < 16384 ? 509 : 4093) {

        struct slab_cache c = { 0 };

        slab_init (&c, size);
        assert_true (c.size >= size && c.size < size + 64 && c.size % 64 == 0);
        assert_true (c.order < BUDDY_ORDERS && c.count >= 2 && c.count < OBJECTS);
        assert_true (64 + (uint64_t)c.count * c.size <= PAGE_SIZE << c.order);
        assert_int_equal (slabs (&c), 0);

        for (unsigned i = 0; i < c.count; i++) {
            mark (&c, object[i] = slab_alloc (&c), (unsigned char)i);
            assert_int_equal (core_pages(), base - BIT64 (c.order));
            assert_int_equal (slabs (&c), i + 1 < c.count);
            assert_int_equal ((uintptr_t)object[i] >> (12 + c.order), (uintptr_t)object[0] >> (12 + c.order));
        }

        mark (&c, object[c.count] = slab_alloc (&c), 0xcc);
        assert_int_equal (core_pages(), base - 2 * BIT64 (c.order));
        assert_int_equal (slabs (&c), 1);

        drop (&c, object[0], 0);                        /* the first slab is partial again, and is used before a new one */
        assert_int_equal (slabs (&c), 2);
        mark (&c, object[0] = slab_alloc (&c), 0);
        assert_int_equal (core_pages(), base - 2 * BIT64 (c.order));

        drop (&c, object[c.count], 0xcc);
        for (unsigned i = c.count; i--; )
            drop (&c, object[i], (unsigned char)i);

        slab_free (&c, NULL);
        assert_int_equal (slabs (&c), 0);
        assert_int_equal (core_pages(), base);
    }
}

static void reuse (void **state)
{
    (void)state;

    struct slab_cache c = { 0 };
    size_t const base = core_pages();

    slab_init (&c, 200);

    unsigned char *const keep = slab_alloc (&c), *const a = slab_alloc (&c);

    memset (a, 0xff, 256);
    slab_free (&c, a);
    unsigned char *const b = slab_alloc (&c);
    assert_ptr_equal (a, b);
    mark (&c, b, 1);
    slab_free (&c, b);
    slab_free (&c, keep);
    assert_int_equal (core_pages(), base);
}

static void random_objects (void **state)
{
    (void)state;

    size_t const base = core_pages();

    for (unsigned size = 64; size <= 64 * KIB; size *= 4) {

        static struct { unsigned char *p, v; } o[OBJECTS];
        struct slab_cache c = { 0 };
        unsigned n = 0, const_max = size > 4096 ? 40 : OBJECTS;

        slab_init (&c, size);

        for (unsigned i = 0; i < 6000; i++) {

            uint64_t const r = host_random (&seed);

            if (n && r % 16 < (i / 1000 % 2 ? 10 : 5)) {
                unsigned const k = (unsigned)(r >> 16) % n;
                drop (&c, o[k].p, o[k].v);
                o[k] = o[--n];
            } else if (n < const_max) {
                o[n].v = (unsigned char)(r >> 8);
                mark (&c, o[n].p = slab_alloc (&c), o[n].v);
                n++;
            }
        }

        while (n--)
            drop (&c, o[n].p, o[n].v);

        assert_int_equal (core_pages(), base);
    }
}

static void exhaustion (void **state)
{
    (void)state;

    struct slab_cache c = { 0 };
    size_t const base = core_pages();
    static void *o[16384];
    unsigned n = 0;

    slab_init (&c, 2000);

    while ((o[n] = slab_alloc (&c)))
        assert_true (++n < ARRAY_SIZE (o));

    assert_true (core_pages() < BIT64 (c.order) || c.order);
    assert_null (slab_alloc (&c));
    slab_free (&c, o[0]);
    assert_ptr_equal (slab_alloc (&c), o[0]);

    while (n)
        slab_free (&c, o[--n]);

    assert_int_equal (core_pages(), base);

    core_fail_all = true;
    assert_null (slab_alloc (&c));
    core_fail_all = false;
    assert_int_equal (slabs (&c), 0);
}

static int group (void **state)
{
    (void)state;
    core_pool_init();
    return 0;
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (sizes),
        cmocka_unit_test (reuse),
        cmocka_unit_test (random_objects),
        cmocka_unit_test (exhaustion),
    };

    return cmocka_run_group_tests (tests, group, NULL);
}
