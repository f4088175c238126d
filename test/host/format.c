/* SPDX-License-Identifier: GPL-2.0-only */
/* format_line against the C library's vsnprintf. */
#include <console/console.h>

#include <host.h>

/* Both into buffers of every size up to the result's: same text, same end, nothing written outside */
static void FORMAT (1, 2) same (char const *format, ...)
{
    char expected[600];
    va_list ap;

    va_start (ap, format);
    int const full = vsnprintf (expected, sizeof expected, format, ap);
    va_end (ap);
    assert_in_range (full, 0, sizeof expected - 1);

    for (size_t size = 0; size <= (size_t)full + 2; size++) {

        char *const buf = malloc (size);

        va_start (ap, format);
        size_t const n = format_line (buf, size, format, ap);
        va_end (ap);

        assert_int_equal (n, size ? MIN (size - 1, (size_t)full) : 0);
        if (size) {
            assert_memory_equal (buf, expected, n);
            assert_int_equal (buf[n], 0);
        }
        free (buf);
    }
}

static void test_plain (void **state UNUSED)
{
    same ("%s", "");
    same ("plain");
    same ("100%%");
    same ("%c%c|%3c|%-3c|", 'a', 'b', 'c', 'd');
    same ("%s|%10s|%-10s|%.3s|%10.2s|%.*s|%.0s|%*s|%-*s|", "one", "two", "three", "four", "five",
          2, "six", "seven", 7, "eight", 8, "nine");
    same ("%*s|", -8, "left");
    same ("%.*s|", -1, "all of it");
}

static void test_numbers (void **state UNUSED)
{
    static unsigned long const v[] = {
        0, 1, 9, 10, 15, 16, 99, 255, 4096, 0x7fffffff, 0x80000000, 0xffffffff, 0x100000000, 0x7fffffffffffffff,
        0x8000000000000000, 0xffffffffffffffff,
    };

    for (unsigned i = 0; i < ARRAY_SIZE (v); i++) {
        same ("%u %d %i %x %#x", (unsigned)v[i], (int)v[i], (int)v[i], (unsigned)v[i], (unsigned)v[i]);
        same ("%lu %ld %lx %#lx %zu %zx", v[i], (long)v[i], v[i], v[i], v[i], v[i]);
        same ("%llu %lld %llx", (unsigned long long)v[i], (long long)v[i], (unsigned long long)v[i]);
        same ("%4u|%-4u|%04u|%4d|%-4d|%04d|%4x|%-4x|%04x", (unsigned)v[i], (unsigned)v[i], (unsigned)v[i], (int)v[i],
              (int)v[i], (int)v[i], (unsigned)v[i], (unsigned)v[i], (unsigned)v[i]);
        same ("%24lx|%-24lx|%024lx|%#24lx|%-#24lx|%#024lx", v[i], v[i], v[i], v[i], v[i], v[i]);
        same ("%24ld|%-24ld|%024ld|%*ld", (long)v[i], (long)v[i], (long)v[i], 30, (long)v[i]);
    }

    same ("%p", (void *)0x1234);
    same ("%18p|%-18p|", (void *)0xffffffff80000000, (void *)1);
}

/* Not checked by the compiler on purpose: this is what a mistake prints */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
static size_t loose (char *buf, size_t size, char const *format, ...)
{
    va_list ap;

    va_start (ap, format);
    size_t const n = format_line (buf, size, format, ap);
    va_end (ap);

    return n;
}
#pragma GCC diagnostic pop

static void test_odd (void **state UNUSED)
{
    char buf[600];

    loose (buf, sizeof buf, "%p", NULL);
    assert_string_equal (buf, "0x0");
    loose (buf, sizeof buf, "%s|%5.2s", NULL, NULL);
    assert_string_equal (buf, "(null)|   (n");
    loose (buf, sizeof buf, "%y %k");
    assert_string_equal (buf, "%y %k");
    loose (buf, sizeof buf, "end %");
    assert_string_equal (buf, "end ");
    loose (buf, sizeof buf, "end %08l");
    assert_string_equal (buf, "end ");
    assert_int_equal (loose (buf, sizeof buf, "%9999999999u", 1U), LINE_MAX);       /* widths have an end           */
    assert_int_equal (loose (buf, sizeof buf, "%*u", (int)0x80000000, 1U), LINE_MAX);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_plain),
        cmocka_unit_test (test_numbers),
        cmocka_unit_test (test_odd),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
