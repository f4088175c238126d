/* SPDX-License-Identifier: GPL-2.0-only */
/* How much memory the benchmark suite writes before a cold sample, and that all of it is written, on machines with other caches. */
#include <host.h>

#include <cache.h>
#include <cold.h>
#include <mem.h>
#include <root.h>
#include <tlb.h>

#define MB(n)  ((size_t) (n) << 20)

struct root_env root;

static size_t caches;                                   /* what the CPU says of them                            */
static uint8_t *memory;
static unsigned displaced, executed;

size_t cache_bytes (void) { return caches; }
void *mem_alloc (size_t size, uint64_t *phys UNUSED) { free (memory); return memory = size <= MB (512) ? calloc (1, size) : NULL; }
bool tlb_setup (struct bench_run *run UNUSED) { return true; }
void tlb_displace (void) { displaced++; }
void cold_code (void) { executed++; }

static void test_size (void **state UNUSED)
{
    static struct { size_t caches, free, bytes, wanted; bool exact; } const c[] = {
        { MB (16),  MB (2048), 0,         MB (32),  false },
        { MB (105), MB (8192), 0,         MB (210), false },         /* a server's last level                */
        { MB (105), MB (400),  0,         MB (100), false },         /* a quarter of what there is           */
        { MB (105), MB (8),    0,         MB (8),   false },
        { MB (1),   MB (2048), 0,         MB (8),   false },
        { 0,         MB (2048), 0,         MB (32),  false },         /* nobody says it                       */
        { MB (16),  MB (2048), 0,         MB (8),   true },          /* an emulator has none                 */
        { MB (16),  MB (2048), 0x123456,  0x123456,  false },         /* the command line says it             */
    };

    for (unsigned i = 0; i < sizeof (c) / sizeof (*c); i++) {

        caches = c[i].caches;
        root.ram[0] = (struct range) { 0, MB (1) };
        root.ram[1] = (struct range) { MB (16), MB (16) + c[i].free };
        root.rams   = 2;

        assert_true (cold_init (c[i].exact, c[i].bytes));
        assert_int_equal (cold_bytes(), c[i].wanted);
    }

    assert_false (cold_init (false, MB (1024)));
}

/* No line is left out, nothing behind the end is touched (the address sanitizer looks), and translations and code go as well */
static void test_sweep (void **state UNUSED)
{
    size_t const bytes = MB (1) + 0x40;

    assert_true (cold_init (false, bytes));

    for (unsigned n = 1; n < 4; n++) {

        cold_sweep();

        for (size_t i = 0; i < bytes; i += 64)
            assert_int_equal (memory[i], n);

        assert_int_equal (displaced, n);
        assert_int_equal (executed, n);
    }

    free (memory);
}

int main (void)
{
    static struct CMUnitTest const tests[] = { cmocka_unit_test (test_size), cmocka_unit_test (test_sweep) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
