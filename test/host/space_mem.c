/* SPDX-License-Identifier: GPL-2.0-only */
/* Protected physical memory: the answer for every area around a page. */
#include <space_mem.h>

#include <protected.h>

static uint64_t seed = 37;

/* Pages of an area that are protected; the ranges are disjoint */
static uint64_t protected (paddr_t s, paddr_t e)
{
    uint64_t n = 0;

    for (unsigned i = 0; i < ARRAY_SIZE (range); i++)
        if (range[i].start < e && s < range[i].end)
            n += MIN (range[i].end, e) - MAX (range[i].start, s);

    return n;
}

static void protection (void **state)
{
    (void)state;

    for (unsigned n = 0; n < 20000; n++) {

        paddr_t const pa = n & 1 ? interesting (&seed) : host_random (&seed) & (BIT64 (46) - 1);
        unsigned const most = (unsigned)(host_random (&seed) % 31);
        unsigned order = most, want = most;

        for (;; want--) {
            uint64_t const size = PAGE_SIZE << want, hit = protected (align_dn (pa, size), align_dn (pa, size) + size);
            if (!hit || hit == size)
                break;
        }

        assert_int_equal (space_mem_allowed (pa, &order), allowed (pa));
        assert_int_equal (order, want);
    }
}

/* More ranges than the table has room for: the rest is protected altogether. The last test: there is no way back. */
static void too_many (void **state)
{
    (void)state;

    unsigned order = 0;

    host_lines_reset();
    space_mem_protect (0x5000, 0x5000);                 /* empty                                                    */
    assert_true (space_mem_allowed (0x5000, &order));

    for (unsigned i = 0; i < 96 - ARRAY_SIZE (range); i++)
        space_mem_protect (0x600000001 + i * UINT64_C (0x10000), 0x600000002 + i * UINT64_C (0x10000));

    assert_no_lines();
    assert_false (space_mem_allowed (0x600000000, &order));     /* rounded outwards                                 */
    assert_true (space_mem_allowed (0x600001000, &order));
    assert_true (space_mem_allowed (0x700000000, &order));

    space_mem_protect (0x700005000, 0x700006000);
    assert_lines ("MEM: more than 96 protected ranges: everything from 0x700005000 up is protected");
    assert_true (space_mem_allowed (0x5ffff0000, &order));
    assert_false (space_mem_allowed (0x700005000, &order));
    assert_false (space_mem_allowed (0x3fffffff0000, &order));
    assert_false (space_mem_allowed (0x600000000 + (95 - ARRAY_SIZE (range)) * UINT64_C (0x10000), &order));
    space_mem_protect (0x5fff00000, 0x5fff01000);
    assert_false (space_mem_allowed (0x5fff00000, &order));
    assert_true (space_mem_allowed (0x5ffeff000, &order));
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (protection),
        cmocka_unit_test (too_many),
    };

    protect();

    return cmocka_run_group_tests (tests, NULL, NULL);
}
