/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel's memory functions, under other names, against the host's. */
#include <host.h>

void *kn_memcpy (void *restrict dst, void const *restrict src, size_t n);
void *kn_memmove (void *dst, void const *src, size_t n);
void *kn_memset (void *dst, int c, size_t n);
int   kn_memcmp (void const *a, void const *b, size_t n);
size_t kn_strnlen (char const *s, size_t max);

#define memcpy  kn_memcpy
#define memmove kn_memmove
#define memset  kn_memset
#define memcmp  kn_memcmp
#define strnlen kn_strnlen
#include "../../kernel/string.c"
#undef memcpy
#undef memmove
#undef memset
#undef memcmp
#undef strnlen

#define N 80

static uint8_t pattern (size_t i) { return (uint8_t)(i * 37 + 11); }

/* Buffers of exactly the right size: an access outside is reported */
static void test_memcpy (void **state UNUSED)
{
    for (size_t n = 0; n <= N; n++)
        for (size_t skew = 0; skew < 8; skew++) {
            uint8_t *const a = malloc (n + skew), *const b = malloc (n + 7 - skew);
            for (size_t i = 0; i < n; i++)
                a[skew + i] = pattern (i);
            assert_ptr_equal (kn_memcpy (b + 7 - skew, a + skew, n), b + 7 - skew);
            for (size_t i = 0; i < n; i++)
                assert_int_equal (b[7 - skew + i], pattern (i));
            free (a);
            free (b);
        }
}

static void test_memmove (void **state UNUSED)
{
    uint8_t a[N + 64], b[N + 64];

    for (size_t n = 0; n <= N; n++)
        for (size_t from = 0; from <= 40; from++)
            for (size_t to = 0; to <= 40; to++) {
                for (size_t i = 0; i < sizeof a; i++)
                    a[i] = b[i] = pattern (i);
                assert_ptr_equal (kn_memmove (a + to, a + from, n), a + to);
                memmove (b + to, b + from, n);
                assert_memory_equal (a, b, sizeof a);
            }
}

static void test_memset (void **state UNUSED)
{
    for (size_t n = 0; n <= N; n++)
        for (int c = -1; c < 300; c += 43) {
            uint8_t *const p = malloc (n);
            assert_ptr_equal (kn_memset (p, c, n), p);
            for (size_t i = 0; i < n; i++)
                assert_int_equal (p[i], (uint8_t)c);
            free (p);
        }
}

static void test_memcmp (void **state UNUSED)
{
    uint8_t a[N], b[N];

    for (size_t n = 0; n <= N; n++) {
        for (size_t i = 0; i < N; i++)
            a[i] = b[i] = pattern (i);
        assert_int_equal (kn_memcmp (a, b, n), 0);
        for (size_t i = 0; i < n; i++) {
            a[i] = 0x7f;
            b[i] = 0x80;
            assert_true (kn_memcmp (a, b, n) < 0 && kn_memcmp (b, a, n) > 0);
            assert_int_equal (kn_memcmp (a, b, i), 0);
            a[i] = b[i] = pattern (i);
        }
    }
}

static void test_strnlen (void **state UNUSED)
{
    for (size_t n = 0; n <= N; n++) {
        char *const s = malloc (n + 1);
        memset (s, 'x', n);
        s[n] = 0;
        assert_int_equal (kn_strnlen (s, n + 1), n);
        assert_int_equal (kn_strnlen (s, SIZE_MAX), n);
        assert_int_equal (kn_strnlen (s, n / 2), n / 2);
        free (s);

        char *const open = malloc (n);                  /* no terminator                                            */
        memset (open, 'x', n);
        assert_int_equal (kn_strnlen (open, n), n);
        free (open);
    }
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_memcpy),
        cmocka_unit_test (test_memmove),
        cmocka_unit_test (test_memset),
        cmocka_unit_test (test_memcmp),
        cmocka_unit_test (test_strnlen),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
