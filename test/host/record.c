/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of records that user space reads, the figures in it, and allocations that fail to order. */
#include <host.h>

#include <abi/record.h>
#include <alloc_fail.h>
#include <base/atomic.h>
#include <boot_time.h>
#include <buddy.h>
#include <rcu.h>
#include <record.h>
#include <slab.h>
#include <timer_arch.h>

#include <sys/mman.h>

#define POOL (PAGE_SIZE << (BUDDY_ORDERS + 1))

static _Atomic (uint64_t) *waiting;

void rcu_publish (_Atomic (uint64_t) *p) { waiting = p; }

static _Alignas (8) char region[256];

static struct record_list *list (void) { return (void *)region; }

static void *at (size_t offset) { return region + offset; }

static void lists (void **state)
{
    (void)state;

    memset (region, 0xa5, sizeof region);
    record_init (region, 64);
    assert_int_equal (list()->magic, RECORD_MAGIC);
    assert_int_equal (rlx_load (&list()->length), 8);
    assert_int_equal ((uint8_t)region[64], 0xa5);

    struct record *const a = record_add (7, 16), *const b = record_add (8, 40);

    assert_ptr_equal (a, at (8));
    assert_ptr_equal (b, at (24));
    assert_int_equal (rlx_load (&list()->length), 64);
    assert_int_equal (a->type << 8 | a->length, 7 << 8 | 16);
    assert_int_equal (b->type << 8 | b->length, 8 << 8 | 40);
    assert_null (record_add (9, 8));
    assert_int_equal (rlx_load (&list()->length), 64);
}

/* What user space writes into the list does not lead the kernel anywhere */
static void hostile (void **state)
{
    (void)state;

    record_init (region, 64);
    rlx_store (&list()->length, 0xfffffff0);
    assert_ptr_equal (record_add (7, 16), at (8));
    rlx_store (&list()->length, 0);
    assert_ptr_equal (record_add (7, 40), at (24));
    assert_null (record_add (7, 8));
}

uint64_t timer_now (void)
{
    static uint64_t now = 1000;

    return now += 7;
}

/* Points that come before the record and after it; each counts once, and what user space writes is not believed */
static void points (void **state)
{
    (void)state;

    boot_time (BOOT_ENTRY);
    record_init (region, 12);
    boot_time_publish();                                /* no room: nothing happens, then or later                  */
    boot_time (BOOT_FIRMWARE);
    record_init (region, 8 + sizeof (struct record_boot));
    boot_time_publish();

    struct record_boot *const b = at (8);
    uint64_t const entry = b->time[BOOT_ENTRY], firmware = b->time[BOOT_FIRMWARE];

    assert_int_equal (b->head.type << 8 | b->head.length, 7 << 8 | 0x38);
    assert_true (entry && entry <= firmware);
    assert_int_equal (b->time[BOOT_ROOT], 0);
    boot_time (BOOT_ROOT);
    assert_true (b->time[BOOT_ROOT] >= firmware);

    uint64_t const root = b->time[BOOT_ROOT];

    b->time[BOOT_ROOT] = b->time[BOOT_ENTRY] = 0;
    boot_time (BOOT_ROOT);
    boot_time (BOOT_ENTRY);
    assert_int_equal (b->time[BOOT_ROOT], root);
    assert_int_equal (b->time[BOOT_ENTRY], entry);
}

static char *pool (void)
{
    char *const p = mmap (NULL, 2 * POOL, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    assert_true (p != MAP_FAILED);

    return (char *)align_up ((uintptr_t)p, PAGE_SIZE << (BUDDY_ORDERS - 1));
}

static void figures (void **state)
{
    (void)state;

    char *const p = pool();

    buddy_init (p, p + POOL);
    record_init (region, sizeof region);
    record_memory_init();

    struct record_memory *const m = at (8);

    assert_int_equal (m->head.type, RECORD_MEMORY);
    assert_int_equal (m->head.length, sizeof *m);
    assert_int_equal (m->total, buddy_total_pages());
    assert_int_equal (rlx_load (&m->free), m->total);
    assert_ptr_equal (waiting, &m->waiting);

    void *const a = buddy_alloc (0, BUDDY_DIRTY), *const b = buddy_alloc (3, BUDDY_DIRTY);

    assert_int_equal (rlx_load (&m->free), m->total - 9);
    buddy_free (a);
    assert_int_equal (rlx_load (&m->free), m->total - 8);
    rlx_store (&m->free, 0);
    buddy_free (b);
    assert_int_equal (rlx_load (&m->free), m->total);
    assert_int_equal (buddy_free_pages(), m->total);
}

/* The n-th allocation fails, and as many behind it as wanted; nothing is lost */
static void failures (void **state)
{
    (void)state;

    char *const p = pool();
    struct slab_cache cache = { 0 };

    buddy_init (p, p + POOL);
    record_init (region, sizeof region);
    record_memory_init();
    slab_init (&cache, 64);

    struct record_fail *const f = at (8 + sizeof (struct record_memory));

    assert_int_equal (f->head.type, RECORD_FAIL);
    assert_int_equal (rlx_load (&list()->length), 8 + sizeof (struct record_memory) + sizeof *f);

    for (unsigned n = 0; n < 4; n++)
        for (unsigned count = 1; count < 3; count++) {

            void *block[8];

            rlx_store (&f->skip, n);
            rlx_store (&f->fail, count);

            for (unsigned i = 0; i < 8; i++) {
                block[i] = buddy_alloc (0, BUDDY_DIRTY);
                assert_int_equal (!block[i], i >= n && i < n + count);
            }

            for (unsigned i = 0; i < 8; i++)
                buddy_free (block[i]);

            assert_int_equal (rlx_load (&f->skip) | rlx_load (&f->fail), 0);
            assert_int_equal (buddy_free_pages(), buddy_total_pages());
        }

    rlx_store (&f->fail, 1);
    assert_null (slab_alloc (&cache));                  /* the object                                               */
    rlx_store (&f->skip, 1);
    rlx_store (&f->fail, 1);
    assert_null (slab_alloc (&cache));                  /* the pages of its slab                                    */
    assert_int_equal (rlx_load (&f->fail), 0);

    void *const o = slab_alloc (&cache);

    assert_non_null (o);
    slab_free (&cache, o);
    assert_int_equal (buddy_free_pages(), buddy_total_pages());
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (lists), cmocka_unit_test (hostile),
        cmocka_unit_test (points), cmocka_unit_test (figures), cmocka_unit_test (failures),
    };

    return cmocka_run_group_tests_name ("record", tests, NULL, NULL);
}
