/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory-buffer console: a consumer that behaves, one that does not, one that runs at the same time. */
#include "../../kernel/console/mbuf.c"

#include <host.h>

#include <pthread.h>

static uint8_t *region;
static uint32_t *header;                                /* RdIdx, WrIdx as a consumer sees them                     */

static void make (size_t size)
{
    free (region);
    region = malloc (size);
    memset (region, 0xee, size);
    header = (uint32_t *)(void *)region;
    mbuf_init (region, size);
}

static void say (char const *s)
{
    while (*s)
        mbuf_console.putc (&mbuf_console, *s++);
}

/* Reads everything, as the specification tells a consumer to */
static char const *take (size_t n)
{
    static char text[8192];
    size_t len = 0;

    while (header[0] != header[1] && len < sizeof text - 1) {
        assert_true (header[0] < n && header[1] < n);
        text[len++] = (char)region[8 + header[0]];
        header[0] = header[0] + 1 < n ? header[0] + 1 : 0;
    }

    text[len] = 0;
    return text;
}

static void test_simple (void **state UNUSED)
{
    make (8 + 16);
    assert_int_equal (header[0], 0);
    assert_int_equal (header[1], 0);
    say ("hello\n");
    assert_int_equal (header[1], 6);
    assert_memory_equal (region + 8, "hello\n", 6);
    assert_string_equal (take (16), "hello\n");

    for (unsigned i = 0; i < 100; i++) {                /* around the end many times                                */
        say ("0123456789abcde");
        assert_string_equal (take (16), "0123456789abcde");
    }
}

static void test_full (void **state UNUSED)
{
    make (8 + 16);
    say ("0123456789abcde");                            /* N - 1 characters fit                                     */
    assert_int_equal (header[0], 0);
    say ("f");
    assert_int_equal (header[0], 1);
    assert_int_equal (header[1], 0);
    say ("g");
    assert_string_equal (take (16), "23456789abcdefg");

    for (unsigned i = 0; i < 1000; i++)
        say ("x");
    say ("END");
    assert_string_equal (take (16), "xxxxxxxxxxxxEND");
}

static void test_sizes (void **state UNUSED)
{
    for (size_t size = 0; size < 16; size++) {          /* too small: nothing is touched                            */
        make (size ? size : 1);
        mbuf_init (region, size);
        say ("text");
        for (size_t i = 0; i < size; i++)
            assert_int_equal (region[i], 0xee);
    }

    for (size_t size = 16; size < 80; size++) {
        make (size);
        for (unsigned i = 0; i < 200; i++)
            say ("ab");
        assert_int_equal (strlen (take (size - 8)), size - 8 - 1);
    }

    make (4096);
    for (unsigned i = 0; i < 5000; i++)
        say ("q");
    assert_int_equal (strlen (take (4088)), 4087);
}

/* Whatever user space puts into the header: no access outside, and the kernel's own place is not lost */
static void test_hostile (void **state UNUSED)
{
    static uint32_t const evil[] = { 15, 16, 17, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffff0 };

    for (unsigned r = 0; r < ARRAY_SIZE (evil); r++)
        for (unsigned w = 0; w < ARRAY_SIZE (evil); w++)
            for (unsigned fill = 0; fill < 40; fill++) {
                make (8 + 16);
                for (unsigned i = 0; i < fill; i++) {
                    header[0] = evil[r];
                    header[1] = evil[w];
                    say ("z");
                    assert_int_equal (header[1], (i + 1) % 16);
                }
            }

    make (8 + 16);                                      /* RdIdx is brought back into its range when it matters     */
    header[0] = 16 * 5 + 1;
    say ("z");
    assert_int_equal (header[0], 2);

    for (uint64_t seed = 1; seed < 2000; seed++) {
        uint64_t s = seed;
        make (8 + 16);
        for (unsigned i = 0; i < 64; i++) {
            header[host_random (&s) & 1] = (uint32_t)host_random (&s);
            region[8 + host_random (&s) % 16] = (uint8_t)host_random (&s);
            say ("z");
            assert_int_equal (header[1], (i + 1) % 16);
        }
    }
}

static unsigned signals;

static void count (void) { signals++; }

static void test_signal (void **state UNUSED)
{
    make (8 + 64);
    signals = 0;
    mbuf_console.sync (&mbuf_console);
    rel_store (&mbuf_signal, count);
    say ("line\n");
    assert_int_equal (signals, 0);
    mbuf_console.sync (&mbuf_console);
    assert_int_equal (signals, 1);
    rel_store (&mbuf_signal, NULL);
}

static char replayed[256];
static size_t replay_count;

static void replay_put (struct console *c UNUSED, char ch) { replayed[replay_count++] = ch; }

static void test_replay (void **state UNUSED)
{
    static struct console other = { .putc = replay_put };

    for (unsigned n = 0; n < 60; n++) {
        make (8 + 16);
        for (unsigned i = 0; i < n; i++)
            mbuf_console.putc (&mbuf_console, (char)('A' + i));
        replay_count = 0;
        mbuf_replay (&other);
        assert_int_equal (replay_count, MIN (n, 15));
        for (unsigned i = 0; i < replay_count; i++)
            assert_int_equal (replayed[i], 'A' + n - replay_count + i);
    }

    make (8);
    replay_count = 0;
    mbuf_replay (&other);
    assert_int_equal (replay_count, 0);
}

#define TOTAL 200000

static _Atomic (bool) produced;

static void *produce (void *arg UNUSED)
{
    for (unsigned i = 0; i < TOTAL; i++)
        mbuf_console.putc (&mbuf_console, (char)(i & 0x7f));
    rel_store (&produced, true);
    return NULL;
}

/* A consumer at the same time: what it claims with an exchange of RdIdx may have gaps, and never goes back */
static void test_parallel (void **state UNUSED)
{
    uint32_t const n = 1024;
    uint64_t got = 0;
    pthread_t thread;

    make (8 + n);
    rlx_store (&produced, false);

    struct mbuf *const m = (struct mbuf *)(void *)region;

    assert_int_equal (pthread_create (&thread, NULL, produce, NULL), 0);

    for (bool last = false; !last || rlx_load (&m->read) != rlx_load (&m->write); last = acq_load (&produced)) {
        uint32_t r = rlx_load (&m->read);
        uint32_t const w = acq_load (&m->write);

        assert_true (r < n && w < n);
        if (r != w)
            got += atomic_cas (&m->read, &r, (r + 1) % n);
    }

    assert_int_equal (pthread_join (thread, NULL), 0);
    assert_in_range (got, 1, TOTAL);
    assert_int_equal (rlx_load (&m->write), TOTAL % n);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_simple),
        cmocka_unit_test (test_full),
        cmocka_unit_test (test_sizes),
        cmocka_unit_test (test_hostile),
        cmocka_unit_test (test_signal),
        cmocka_unit_test (test_replay),
        cmocka_unit_test (test_parallel),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
