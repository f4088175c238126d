/* SPDX-License-Identifier: GPL-2.0-only */
/* Page allocator: its structures are checked from inside, its results against a map of pages. */
#include <../kernel/buddy.c>

#include <host.h>

#include <pthread.h>
#include <sys/mman.h>

#define MAX_PAGES   8192

static char    *start, *end;
static size_t   first_free;                             /* index of the first page that is not a descriptor          */
static uint64_t seed = 7;
static void    *owner[MAX_PAGES + 1024];                /* by page index: block that covers the page, or null        */

/* Every page is covered by exactly one free block, used block or nobody's page; nothing is left to merge; all counts agree. */
static void check (void)
{
    size_t counted = 0, listed = 0, heads = 0;

    for (size_t i = first_free; i < pages; ) {

        unsigned const order = page[i].order;

        assert_true (page[i].state == PAGE_FREE || page[i].state == PAGE_USED);
        assert_true (order < BUDDY_ORDERS && !(i & (BIT64 (order) - 1)) && i + BIT64 (order) <= pages);

        for (size_t j = i + 1; j < i + BIT64 (order); j++)
            assert_int_equal (page[j].state, PAGE_INNER);

        if (page[i].state == PAGE_FREE) {

            size_t const b = i ^ BIT64 (order);

            counted += BIT64 (order);
            heads++;
            if (order < BUDDY_ORDERS - 1 && b + BIT64 (order) <= pages)
                assert_false (page[b].state == PAGE_FREE && page[b].order == order);
        }

        for (size_t j = i; j < i + BIT64 (order); j++)
            assert_ptr_equal (owner[j], page[i].state == PAGE_USED ? page_addr (i) : NULL);

        i += BIT64 (order);
    }

    for (unsigned o = 0; o < BUDDY_ORDERS; o++)
        for (struct link *l = list[o].next; l != &list[o]; l = l->next, listed++) {
            struct page const *const p = container_of (l, struct page, link);
            assert_true (p->state == PAGE_FREE && p->order == o && l->next->prev == l);
        }

    for (size_t i = 0; i < first_free; i++)
        assert_int_equal (page[i].state, PAGE_INNER);

    assert_int_equal (listed, heads);
    assert_int_equal (counted, buddy_free_pages());
}

static void setup (size_t before, size_t n)
{
    if (start)
        munmap (start, (size_t)(end - start));

    char *const area = mmap (NULL, (MAX_PAGES + 2048) * PAGE_SIZE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    assert_ptr_not_equal (area, MAP_FAILED);

    start = (char *)align_up ((uintptr_t)area, PAGE_SIZE << (BUDDY_ORDERS - 1)) + before * PAGE_SIZE;
    end   = start + n * PAGE_SIZE;
    munmap (area, (size_t)(start - area));
    munmap (end, (size_t)(area + (MAX_PAGES + 2048) * PAGE_SIZE - end));    /* beyond the pool is nothing               */

    pages_free = 0;                                     /* the kernel does this once                                */
    memset (owner, 0, sizeof owner);
    buddy_init (start, end);

    first_free = page_index (page) + (pages * sizeof (struct page) + PAGE_SIZE - 1) / PAGE_SIZE;
    assert_int_equal (buddy_total_pages(), pages - first_free);
    assert_int_equal (buddy_free_pages(), buddy_total_pages());
    check();
}

static uint64_t *first_word (void *p)                { return p; }
static uint64_t *last_word (void *p, unsigned order) { return (uint64_t *)p + ((PAGE_SIZE << order) / 8 - 1); }

static void *take (unsigned order)
{
    size_t const before = buddy_free_pages();
    char *const p = buddy_alloc (order, BUDDY_DIRTY);

    if (!p) {
        assert_int_equal (buddy_free_pages(), before);
        for (unsigned o = order; o < BUDDY_ORDERS; o++)
            assert_true (list_empty (&list[o]));
        return NULL;
    }

    assert_int_equal (buddy_free_pages(), before - BIT64 (order));
    assert_int_equal ((uintptr_t)p & ((PAGE_SIZE << order) - 1), 0);
    assert_true (p >= start && p + (PAGE_SIZE << order) <= end && page_index (p) >= first_free);

    for (size_t i = page_index (p); i < page_index (p) + BIT64 (order); i++) {
        assert_null (owner[i]);
        owner[i] = p;
    }

    *first_word (p) = *last_word (p, order) = (uintptr_t)p;

    return p;
}

static void give (void *p)
{
    size_t const before = buddy_free_pages(), i = page_index (p);
    unsigned const order = page[i].order;

    assert_int_equal (*first_word (p), (uintptr_t)p);
    assert_int_equal (*last_word (p, order), (uintptr_t)p);

    for (size_t j = i; j < i + BIT64 (order); j++)
        owner[j] = NULL;

    buddy_free (p);
    assert_int_equal (buddy_free_pages(), before + BIT64 (order));
}

static void snapshot (size_t count[BUDDY_ORDERS])
{
    for (unsigned o = 0; o < BUDDY_ORDERS; o++) {
        count[o] = 0;
        for (struct link *l = list[o].next; l != &list[o]; l = l->next)
            count[o]++;
    }
}

static struct { size_t before, n; } const shape[] = {
    { 0, 1024 }, { 0, 4096 }, { 0, 8192 }, { 1, 3 }, { 1, 1023 }, { 513, 1500 }, { 1000, 2000 }, { 3, 7 }, { 0, 1025 }, { 0, 2047 },
};

/* What lies behind the descriptors looks like more of them: nobody may take it for a free buddy. */
static void forge (unsigned order)
{
    for (struct page *p = page + pages; p < page + pages + BIT64 (BUDDY_ORDERS - 1) && (char *)(p + 1) <= end; p++)
        *p = (struct page) { .order = (uint8_t)order, .state = PAGE_FREE };
}

/* Each order alone until nothing is left, given back forwards, backwards, from the middle */
static void orders (void **state)
{
    (void)state;

    static void *block[MAX_PAGES];

    for (unsigned s = 0; s < ARRAY_SIZE (shape); s++) {

        size_t before[BUDDY_ORDERS], after[BUDDY_ORDERS];

        setup (shape[s].before, shape[s].n);
        snapshot (before);

        for (unsigned o = 0; o < BUDDY_ORDERS; o++)
            for (unsigned way = 0; way < 3; way++) {

                size_t n = 0, expected = 0;

                forge (o);

                for (unsigned b = o; b < BUDDY_ORDERS; b++)
                    expected += before[b] << (b - o);

                while ((block[n] = take (o)))
                    n++;

                assert_int_equal (n, expected);
                check();

                for (size_t i = 0; i < n; i++)
                    give (block[way == 0 ? i : way == 1 ? n - 1 - i : (i + n / 2) % n]);

                check();
                snapshot (after);
                assert_memory_equal (before, after, sizeof before);
            }
    }
}

static void random_blocks (void **state)
{
    (void)state;

    for (unsigned s = 0; s < ARRAY_SIZE (shape); s++) {

        static void *block[MAX_PAGES];
        size_t n = 0, before[BUDDY_ORDERS], after[BUDDY_ORDERS];

        setup (shape[s].before, shape[s].n);
        snapshot (before);

        for (unsigned i = 0; i < 20000; i++) {

            uint64_t const r = host_random (&seed);
            bool const fill = i / 2000 % 2;             /* times of growth and of decline                           */

            if (r % 8 < (fill ? 3 : 5) && n) {
                size_t const k = r / 8 % n;
                give (block[k]);
                block[k] = block[--n];
            } else {
                unsigned const o = (unsigned)MIN (r >> 8 & 15, r >> 12 & 15);
                if (o < BUDDY_ORDERS && n < MAX_PAGES && (block[n] = take (o)))
                    n++;
            }

            if (i % 500 == 0)
                check();
        }

        while (n)
            give (block[--n]);

        check();
        snapshot (after);
        assert_memory_equal (before, after, sizeof before);
    }
}

static void fills (void **state)
{
    (void)state;

    setup (5, 2600);

    for (unsigned o = 0; o < BUDDY_ORDERS; o++)
        for (unsigned f = BUDDY_DIRTY; f <= BUDDY_ONES; f++) {

            memset (page_addr (first_free), 0x5a, (pages - first_free) * PAGE_SIZE);

            size_t const size = PAGE_SIZE << o;
            unsigned char *const p = buddy_alloc (o, (enum buddy_fill)f);
            unsigned char const want = f == BUDDY_DIRTY ? 0x5a : f == BUDDY_ZERO ? 0 : 0xff;

            assert_non_null (p);
            for (size_t i = 0; i < size; i++)
                if (p[i] != want)
                    fail_msg ("%#x at %zu", p[i], i);
            for (size_t i = 1; i <= 64; i++) {
                assert_true ((void *)(p - i) < page_addr (first_free) || p[-i] == 0x5a);
                assert_true (p + size >= (unsigned char *)end || p[size - 1 + i] == 0x5a);
            }
            buddy_free (p);
        }

    buddy_free (NULL);
    check();
}

static void rcu_room (void **state)
{
    (void)state;

    static void *block[64];
    static struct rcu_head *head[64];

    setup (9, 2500);

    for (unsigned i = 0; i < 64; i++) {
        block[i] = take (i % 6);
        head[i]  = buddy_rcu (block[i], ~i);
        memset (head[i], 0xee, sizeof *head[i]);        /* the call writes there                                    */
    }

    check();

    for (unsigned i = 0; i < 64; i++) {
        uint32_t tag = 0;
        assert_ptr_equal (buddy_of_rcu (head[i], &tag), block[i]);
        assert_int_equal (tag, ~i);
        assert_int_equal (*(uint64_t *)block[i], (uintptr_t)block[i]);
        assert_true ((char *)head[i] >= start && (char *)(head[i] + 1) <= (char *)page_addr (first_free));
        give (block[i]);
    }

    check();
    assert_int_equal (buddy_free_pages(), buddy_total_pages());
}

/* Several CPUs: what a thread writes into its blocks stays there */
static void *work (void *arg)
{
    uint64_t s = (uintptr_t)arg, *block[32] = { 0 };
    unsigned order[32];

    for (unsigned i = 0; i < 3000; i++) {

        uint64_t const r = host_random (&s);
        unsigned const k = r % 32, o = (unsigned)(r >> 8) % 5;

        if (block[k]) {
            for (uint64_t *w = block[k]; w < block[k] + ((PAGE_SIZE / 8) << order[k]); w += PAGE_SIZE / 8)
                if (*w != ((uintptr_t)arg << 32 | k))
                    return arg;
            buddy_free (block[k]);
            block[k] = NULL;
        } else if ((block[k] = buddy_alloc (order[k] = o, r >> 20 & 1 ? BUDDY_ZERO : BUDDY_DIRTY)))
            for (uint64_t *w = block[k]; w < block[k] + ((PAGE_SIZE / 8) << o); w += PAGE_SIZE / 8)
                *w = (uintptr_t)arg << 32 | k;
    }

    for (unsigned k = 0; k < 32; k++)
        buddy_free (block[k]);

    return NULL;
}

static void threads (void **state)
{
    (void)state;

    pthread_t t[2];
    void *failed;

    setup (77, 900);

    for (uintptr_t i = 0; i < ARRAY_SIZE (t); i++)
        assert_int_equal (pthread_create (&t[i], NULL, work, (void *)(i + 1)), 0);

    for (unsigned i = 0; i < ARRAY_SIZE (t); i++) {
        pthread_join (t[i], &failed);
        assert_null (failed);
    }

    check();
    assert_int_equal (buddy_free_pages(), buddy_total_pages());
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (orders),
        cmocka_unit_test (random_blocks),
        cmocka_unit_test (fills),
        cmocka_unit_test (rcu_room),
        cmocka_unit_test (threads),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
