/* SPDX-License-Identifier: GPL-2.0-only */
/* SMBIOS tables: what a good one says, then every truncation and every damaged bit of it. */
#include <host.h>

#include <abi/record.h>
#include <smbios.h>

static uint8_t const good[] =
    "\x00\x18\x00\x00\x01\x02\x00\xf0\x03\x0f\0\0\0\0\0\0\0\0\0\0\0\0\0\0" "Vendor  \0" "1.2\0" "01/02/2024\0\0"
    "\x7e\x04\x01\x00\0\0"
    "\x02\x08\x02\x00\x01\x02\x00\x09" "Board Maker\0" "B\x80oard 7\0\0"
    "\x02\x08\x05\x00\x01\x02\x00\x09" "Another\0" "Second board\0\0"
    "\x03\x09\x03\x00\x00\x8a\x00\x00\x00\0\0"
    "\x01\x06\x06\x00\x03\x01" "\x09" "Name\0\0"
    "\x7f\x04\x04\x00\0\0"
    "\x04\x11\x07\x00\0\0\0\0\0\0\0\0\0\0\0\0\x01" "behind the end\0";

static struct record_board names;

static char const *text (unsigned i) { return names.text[i]; }

/* All of it is a string that can be printed */
static void assert_printable (void)
{
    for (unsigned i = 0; i < BOARD_TEXTS; i++) {

        size_t const n = strnlen (text (i), BOARD_TEXT);

        assert_in_range (n, 0, BOARD_TEXT - 1);

        for (size_t k = 0; k < n; k++)
            assert_in_range (text (i)[k], ' ', '~');
    }
}

static void read_names (uint8_t const *table, size_t size)
{
    memset (&names, 0, sizeof names);
    smbios_board (&names, table, size);
    assert_printable();
}

static void tables (void **state UNUSED)
{
    read_names (good, sizeof good);
    assert_string_equal (text (BOARD_FIRMWARE_VENDOR), "Vendor");
    assert_string_equal (text (BOARD_FIRMWARE_VERSION), "1.2");
    assert_string_equal (text (BOARD_FIRMWARE_DATE), "01/02/2024");
    assert_string_equal (text (BOARD_VENDOR), "Board Maker");
    assert_string_equal (text (BOARD_NAME), "B?oard 7");
    assert_string_equal (text (BOARD_SYSTEM_VENDOR), "");               /* number 3: there is no such string        */
    assert_string_equal (text (BOARD_SYSTEM_NAME), "?Name");
    assert_string_equal (text (BOARD_CPU), "");                         /* behind the end                           */
    assert_int_equal (names.chassis, 10);

    read_names (NULL, 0);
    assert_int_equal (names.chassis, 0);
}

/* Structures that are not as long as they might be, or longer than the table, and strings that do not end */
static void bounds (void **state UNUSED)
{
    static uint8_t const cut[] = "\x01\x05\x00\x00\x01" "Maker\0\0" "\x03\x05\x00\x00\x01" "x\0";
    uint8_t huge[600] = "\x01\x08\x00\x00\x01\x02\x00\x00";

    read_names (cut, sizeof cut);                       /* no field for the name, none for the type                 */
    assert_string_equal (text (BOARD_SYSTEM_VENDOR), "Maker");
    assert_string_equal (text (BOARD_SYSTEM_NAME), "");
    assert_int_equal (names.chassis, 0);

    memset (huge + 8, 'v', 500);
    huge[8 + 500 + 1] = 'n';
    read_names (huge, sizeof huge);                     /* cut, and the next one is found all the same              */
    assert_int_equal (strlen (text (BOARD_SYSTEM_VENDOR)), BOARD_TEXT - 1);
    assert_string_equal (text (BOARD_SYSTEM_NAME), "n");

    memset (huge + 8, 'v', sizeof huge - 8);            /* no zero at all                                           */
    read_names (huge, sizeof huge);
    assert_string_equal (text (BOARD_SYSTEM_VENDOR), "");

    huge[sizeof huge - 1] = 0;                          /* one instead of two                                       */
    read_names (huge, sizeof huge);
    assert_string_equal (text (BOARD_SYSTEM_VENDOR), "");

    for (unsigned length = 0; length < 4; length++) {   /* shorter than its own head: nothing behind it is believed */
        uint8_t table[sizeof good + 6] = { 126, (uint8_t)length };

        memcpy (table + 6, good, sizeof good);
        read_names (table, sizeof table);
        assert_string_equal (text (BOARD_FIRMWARE_VENDOR), "");
    }
}

/* A copy of exactly n bytes; the sanitizer sees what is read beyond */
static void ask (uint8_t const *from, size_t n)
{
    uint8_t *const p = malloc (n ? n : 1);

    memcpy (p, from, n);
    read_names (p, n);
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
    paddr_t table;
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
    static struct CMUnitTest const tests[] = { cmocka_unit_test (tables), cmocka_unit_test (bounds), cmocka_unit_test (damage),
                                                cmocka_unit_test (entries) };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
