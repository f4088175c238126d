/* SPDX-License-Identifier: GPL-2.0-only */
/* SMBIOS tables: what a good one says, then every truncation and every damaged bit of it. */
#include <host.h>

#include <smbios.h>

static uint8_t const good[] =
    "\x00\x18\x00\x00\x01\x02\x00\xf0\x03\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "Vendor  \0" "1.2\0" "01/02/2024\0\0"
    "\x7e\x04\x01\x00\0\0"
    "\x02\x08\x02\x00\x01\x02\x00\x09" "Board Maker\0" "B\x80oard 7\0\0"
    "\x03\x09\x03\x00\x00\x8a\x00\x00\x00\0\0"
    "\x7f\x04\x04\x00\0";

static char buf[64];

static char const *text (struct smbios const *s, unsigned type, unsigned offset)
{
    memset (buf, 'x', sizeof buf);

    return smbios_string (s, type, offset, buf, sizeof buf);
}

static void tables (void **state UNUSED)
{
    struct smbios const s = { good, sizeof good };
    uint32_t v;

    assert_string_equal (text (&s, SMBIOS_FIRMWARE, 4), "Vendor");
    assert_string_equal (text (&s, SMBIOS_FIRMWARE, 5), "1.2");
    assert_string_equal (text (&s, SMBIOS_FIRMWARE, 8), "01/02/2024");
    assert_string_equal (text (&s, SMBIOS_FIRMWARE, 9), "");            /* number 15: there is no such string       */
    assert_string_equal (text (&s, SMBIOS_FIRMWARE, 24), "");           /* behind the structure                     */
    assert_string_equal (text (&s, SMBIOS_BOARD, 4), "Board Maker");
    assert_string_equal (text (&s, SMBIOS_BOARD, 5), "B?oard 7");
    assert_string_equal (text (&s, SMBIOS_BOARD, 6), "");               /* number 0: none                           */
    assert_string_equal (text (&s, SMBIOS_SYSTEM, 4), "");
    assert_string_equal (text (&(struct smbios) { NULL, 0 }, SMBIOS_BOARD, 4), "");
    assert_string_equal (smbios_string (&s, SMBIOS_BOARD, 4, buf, 4), "Boa");

    assert_true (smbios_field (&s, SMBIOS_CHASSIS, 5, 1, &v));
    assert_int_equal (v, 0x8a);
    assert_true (smbios_field (&s, SMBIOS_FIRMWARE, 6, 2, &v));
    assert_int_equal (v, 0xf000);
    assert_false (smbios_field (&s, SMBIOS_CHASSIS, 8, 2, &v));
    assert_false (smbios_field (&s, SMBIOS_CPU, 4, 1, &v));
}

/* A copy of exactly n bytes is asked for everything; the sanitizer sees what is read beyond */
static void ask (uint8_t const *from, size_t n)
{
    uint8_t *const p = malloc (n ? n : 1);
    struct smbios const s = { p, n };
    uint32_t v;

    memcpy (p, from, n);

    for (unsigned type = 0; type < 6; type++)
        for (unsigned offset = 0; offset < 32; offset++) {
            assert_true (strlen (text (&s, type, offset)) < sizeof buf);
            smbios_field (&s, type, offset, 4, &v);
        }

    free (p);
}

static void damage (void **state UNUSED)
{
    uint8_t copy[sizeof good];

    for (size_t n = 0; n <= sizeof good; n++)
        ask (good, n);

    for (size_t i = 0; i < sizeof good; i++)
        for (unsigned bit = 0; bit < 8; bit++) {
            memcpy (copy, good, sizeof good);
            copy[i] ^= (uint8_t)(1U << bit);
            ask (copy, sizeof good);
        }

    uint64_t seed = 11;

    for (unsigned n = 0; n < 20000; n++) {
        memcpy (copy, good, sizeof good);
        for (unsigned k = 0; k < 1 + n % 7; k++)
            copy[host_random (&seed) % sizeof good] = (uint8_t)host_random (&seed);
        ask (copy, host_random (&seed) % (sizeof good + 1));
    }
}

static void seal (uint8_t *p, unsigned size, unsigned at)
{
    uint8_t sum = p[at] = 0;

    for (unsigned i = 0; i < size; i++)
        sum = (uint8_t)(sum + p[i]);

    p[at] = (uint8_t)-sum;
}

static void entries (void **state UNUSED)
{
    uint8_t *const e = calloc (1, 24), *const old = calloc (1, 31);
    uint64_t table;
    uint32_t length;

    memcpy (e, "_SM3_", 5);
    e[6] = 24;
    host_put32 (e, 12, 0x1234);
    host_put64 (e, 16, 0x123456789000);
    seal (e, 24, 5);
    assert_true (smbios_entry (e, 24, &table, &length));
    assert_int_equal (table, 0x123456789000);
    assert_int_equal (length, 0x1234);

    memcpy (old, "_SM_", 4);
    memcpy (old + 16, "_DMI_", 5);
    old[5] = 31;
    host_put16 (old, 22, 0x500);
    host_put32 (old, 24, 0xe0000);
    seal (old, 31, 4);
    assert_true (smbios_entry (old, 31, &table, &length));
    assert_int_equal (table << 16 | length, 0xe00000500);

    for (unsigned i = 0; i < 24; i++) {
        e[i] ^= 0x10;
        assert_false (smbios_entry (e, 24, &table, &length));
        e[i] ^= 0x10;
        assert_false (smbios_entry (e, i, &table, &length));
    }

    for (unsigned i = 0; i < 31; i++) {
        old[i] ^= 0x20;
        assert_false (smbios_entry (old, 31, &table, &length));
        old[i] ^= 0x20;
        assert_false (smbios_entry (old, i, &table, &length));
    }

    free (e);
    free (old);
}

int main (void)
{
    static struct CMUnitTest const tests[] = { cmocka_unit_test (tables), cmocka_unit_test (damage), cmocka_unit_test (entries) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
