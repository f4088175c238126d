/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The record of names: entry points and tables of SMBIOS where UEFI says, where it must not, damaged, and in memory that changes. What is
 * read is memory that may have such tables by UEFI's map, which the model asserts.
 */
#include <facts.h>

#include <abi/record.h>
#include <base/atomic.h>
#include <boot_info.h>
#include <buddy.h>
#include <kmem.h>
#include <rcu.h>
#include <record.h>
#include <space_mem.h>
#include <uefi.h>

#include <host.h>

#define MAP         0x9000
#define START       UINT64_C (0x7f000000)               /* of the memory for tables, END behind it                  */
#define END         UINT64_C (0x7f010000)
#define TABLE       (START + 0x4000)
#define ENTRY_64    (START + 0x100)
#define ENTRY_32    (START + 0x200)
#define RAM         UINT64_C (0x50000000)               /* memory of another kind                                   */

static uint8_t const table[] = "\x02\x08\x02\x00\x01\x02\x00\x00" "Maker\0" "Board\0\0" "\x03\x09\x03\x00\x00\x0a\x00\x00\x00\0\0"
                               "\x7f\x04\x04\x00\0";

uint64_t kmem_offset;

/* Of what is not tested here */
void     space_mem_protect (paddr_t start UNUSED, paddr_t end UNUSED) { fail(); }
void     rcu_publish (_Atomic (uint64_t) *p UNUSED)     { fail(); }
void     buddy_publish (_Atomic (uint64_t) *p UNUSED)   { fail(); }
uint64_t buddy_total_pages (void)                       { return 0; }

void facts_arch (struct record_platform *p) { p->cpu = 0x1234; }

static _Alignas (8) char region[1024];
static struct boot_info boot;

/* What follows the record of the platform, null: nothing does */
static struct record_board *names (void)
{
    struct record_list const *const l = (void *)region;
    struct record_platform *const p = (void *)(region + sizeof *l);
    struct record_board *const b = (void *)(p + 1);

    assert_int_equal (p->cpu, 0x1234);

    if (rlx_load (&l->length) == sizeof *l + sizeof *p)
        return NULL;

    assert_int_equal (rlx_load (&l->length), sizeof *l + sizeof *p + sizeof *b);
    assert_int_equal (b->head.type, RECORD_BOARD);
    assert_int_equal (b->head.length, sizeof *b);

    return b;
}

static void seal (uint8_t *e, unsigned size, unsigned at)
{
    uint8_t sum = e[at] = 0;

    for (unsigned i = 0; i < size; i++)
        sum = (uint8_t)(sum + e[i]);

    e[at] = (uint8_t)-sum;
}

static void entry_64 (uint64_t at, uint64_t addr, uint32_t length)
{
    uint8_t e[24] = "_SM3_";

    e[6] = 24;
    host_put32 (e, 12, length);
    host_put64 (e, 16, addr);
    seal (e, 24, 5);
    host_mem_put (at, e, sizeof e);
}

static void entry_32 (uint64_t at, uint32_t addr, uint16_t length)
{
    uint8_t e[31] = "_SM_";

    memcpy (e + 16, "_DMI_", 5);
    e[5] = 31;
    host_put16 (e, 22, length);
    host_put32 (e, 24, addr);
    seal (e, 31, 4);
    host_mem_put (at, e, sizeof e);
}

/* A machine with good tables, and what the map says: memory of another kind, that of the runtime services, and nothing else */
static void begin (void)
{
    static struct { uint32_t type; uint64_t start, end; } const d[] = {
        { 7, RAM, RAM + 0x10000 }, { 6, START, END }, { 0, 0xe0000, 0x100000 },
    };
    uint8_t map[ARRAY_SIZE (d) * 40] = { 0 };

    for (unsigned i = 0; i < ARRAY_SIZE (d); i++) {
        host_put32 (map, i * 40, d[i].type);
        host_put64 (map, i * 40 + 8, d[i].start);
        host_put64 (map, i * 40 + 24, (d[i].end - d[i].start) / PAGE_SIZE);
    }

    host_mem_reset();
    host_lines_reset();
    host_mem_put (MAP, map, sizeof map);
    host_mem_put (TABLE, table, sizeof table);
    entry_64 (ENTRY_64, TABLE, sizeof table);
    entry_32 (ENTRY_32, TABLE, sizeof table);

    uefi = (struct uefi) { .mmap = MAP, .mmap_size = sizeof map, .desc_size = 40, .desc_version = 1 };
    boot = (struct boot_info) { .smbios = { ENTRY_64, ENTRY_32 } };
    record_init (region, sizeof region);
}

static void assert_names (void)
{
    assert_non_null (names());
    assert_string_equal (names()->text[BOARD_VENDOR], "Maker");
    assert_string_equal (names()->text[BOARD_NAME], "Board");
    assert_string_equal (names()->text[BOARD_SYSTEM_NAME], "");
    assert_int_equal (names()->chassis, 10);
}

static void good (void **state UNUSED)
{
    begin();
    facts_publish (&boot);
    assert_names();
    assert_lines ("SMBIOS: 38 bytes at 0x7f004000");

    begin();
    boot.smbios[0] = 0;
    facts_publish (&boot);
    assert_names();

    begin();                                            /* neither: not a word                                      */
    boot = (struct boot_info) { 0 };
    facts_publish (&boot);
    assert_null (names());
    assert_no_lines();

    begin();                                            /* no room in the region                                    */
    record_init (region, 400);
    facts_publish (&boot);
    assert_null (names());
    assert_lines ("SMBIOS: 38 bytes at 0x7f004000, no room for its record", "SMBIOS: 38 bytes at 0x7f004000, no room for its record");
}

/* Entry points where no memory is, or memory that must not be read, and damaged ones; the other one is taken */
static void entries (void **state UNUSED)
{
    static uint64_t const nowhere[] = { 1, RAM, START - 1, END, END + 100, UINT64_MAX - 3, UINT64_MAX };

    for (unsigned i = 0; i < ARRAY_SIZE (nowhere); i++) {
        begin();
        boot.smbios[0] = nowhere[i];
        facts_publish (&boot);
        assert_names();
        assert_int_equal (host_lines, 2);
        assert_printed ("SMBIOS: 38 bytes at 0x7f004000");
    }

    begin();
    boot.smbios[0] = RAM;
    facts_publish (&boot);
    assert_lines ("SMBIOS: entry point at 0x50000000: no memory", "SMBIOS: 38 bytes at 0x7f004000");

    begin();                                            /* it has 24 bytes, there are 23                            */
    entry_64 (boot.smbios[0] = END - 23, TABLE, sizeof table);
    facts_publish (&boot);
    assert_lines ("SMBIOS: entry point at 0x7f00ffe9: bad", "SMBIOS: 38 bytes at 0x7f004000");

    for (unsigned i = 0; i < 24 * 8; i++) {
        uint8_t e[32] = "_SM3_";

        begin();
        e[6] = 24;
        host_put32 (e, 12, sizeof table);
        host_put64 (e, 16, TABLE);
        seal (e, 24, 5);
        e[i / 8] ^= (uint8_t)(1U << i % 8);
        host_mem_put (ENTRY_64, e, sizeof e);
        facts_publish (&boot);
        assert_names();
        assert_lines ("SMBIOS: entry point at 0x7f000100: bad", "SMBIOS: 38 bytes at 0x7f004000");
    }

    begin();                                            /* without a map nobody knows where memory is               */
    uefi.mmap = 0;
    facts_publish (&boot);
    assert_null (names());
    assert_lines ("SMBIOS: entry point at 0x7f000100: no memory", "SMBIOS: entry point at 0x7f000200: no memory");
}

/* Good entry points whose tables are empty, nowhere, elsewhere, or longer than their memory */
static void tables (void **state UNUSED)
{
    static struct { uint64_t addr; uint32_t length; } const nowhere[] = {
        { TABLE, 0 }, { 0, 100 }, { RAM, 100 }, { START - 1, 100 }, { END, 100 }, { UINT64_MAX, 100 }, { UINT64_C (1) << 50, UINT32_MAX },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (nowhere); i++) {
        begin();
        entry_64 (ENTRY_64, nowhere[i].addr, nowhere[i].length);
        facts_publish (&boot);
        assert_names();
        assert_lines ("SMBIOS: entry point at 0x7f000100: its table is nowhere", "SMBIOS: 38 bytes at 0x7f004000");
    }

    begin();                                            /* the length is the most that it may have (5.2.2)          */
    entry_64 (ENTRY_64, TABLE, UINT32_MAX);
    facts_publish (&boot);
    assert_names();
    assert_lines ("SMBIOS: 49152 bytes at 0x7f004000");

    for (unsigned n = 1; n < sizeof table; n++) {       /* it crosses the end of its memory                         */
        begin();
        host_mem_put (END - n, table, sizeof table);
        entry_64 (ENTRY_64, END - n, sizeof table);
        facts_publish (&boot);
        assert_non_null (names());
        assert_string_equal (names()->text[BOARD_VENDOR], n >= 21 ? "Maker" : "");
    }

    begin();                                            /* memory that the CPU cannot address                       */
    host_phys_end = TABLE + 8;
    facts_publish (&boot);
    assert_null (names());
    assert_lines ("SMBIOS: 38 bytes at 0x7f004000: no memory", "SMBIOS: 38 bytes at 0x7f004000: no memory");
}

/* A PC's area of the BIOS can always be read, up to its end, though the map calls it reserved */
static void bios (void **state UNUSED)
{
    begin();
    entry_64 (boot.smbios[0] = 0xf05e0, 0xe0800, sizeof table);
    boot.smbios[1] = 0;
    host_mem_put (0xe0800, table, sizeof table);
    facts_publish (&boot);
    assert_names();
    assert_lines ("SMBIOS: 38 bytes at 0xe0800");

    begin();
    entry_64 (boot.smbios[0] = 0xfffe8, 0xfffff, sizeof table);
    boot.smbios[1] = 0;
    facts_publish (&boot);
    assert_lines ("SMBIOS: 1 bytes at 0xfffff");
}

/* Kinds of memory by the map (UEFI 2.10, 7.2.1) that may have tables, to the end of each piece */
static void kinds (void **state UNUSED)
{
    uint8_t map[18 * 40] = { 0 };

    for (unsigned i = 0; i < 16; i++) {
        host_put32 (map, i * 40, i);
        host_put64 (map, i * 40 + 8, (i + 1) * UINT64_C (0x2000));
        host_put64 (map, i * 40 + 24, 2);
    }

    host_put32 (map, 16 * 40, 6);                       /* no page, and more than there can be                      */
    host_put64 (map, 16 * 40 + 8, 0x80000);
    host_put32 (map, 17 * 40, 6);
    host_put64 (map, 17 * 40 + 8, UINT64_C (0xfffffffffffff000));
    host_put64 (map, 17 * 40 + 24, UINT64_MAX);

    begin();
    host_mem_put (MAP, map, sizeof map);
    uefi.mmap_size = sizeof map;

    for (unsigned i = 0; i < 16; i++) {

        uint64_t const size = i == 4 || i == 6 || i == 9 || i == 10 ? 0x2000 : 0, addr = (i + 1) * UINT64_C (0x2000);

        assert_int_equal (uefi_table_memory (addr), size);
        assert_int_equal (uefi_table_memory (addr + 0x1fff), size ? 1 : 0);
    }

    assert_int_equal (uefi_table_memory (0), 0);
    assert_int_equal (uefi_table_memory (0x80000), 0);
    assert_true (uefi_table_memory (UINT64_MAX));       /* that nobody has memory there is for window_map() to say  */
}

/* Memory that changes between two looks, and random bytes: whatever comes of it are strings */
static void changes (void **state UNUSED)
{
    unsigned found = 0;

    for (uint64_t seed = 1; seed <= 4000; seed++) {

        uint8_t copy[sizeof table];
        uint64_t random = seed;

        begin();
        memcpy (copy, table, sizeof copy);

        for (unsigned k = 0; k < seed % 5; k++)
            copy[host_random (&random) % sizeof copy] = (uint8_t)host_random (&random);

        host_mem_put (TABLE, copy, sizeof copy);
        host_mem_changes = seed;
        facts_publish (&boot);
        assert_in_range (host_lines, 1, 2);

        for (unsigned i = 0; names() && i < BOARD_TEXTS; i++)
            for (char const *c = names()->text[i]; *c; c++) {
                assert_true (c < names()->text[i] + BOARD_TEXT - 1);
                assert_in_range (*c, ' ', '~');
            }

        found += names() && !strcmp (names()->text[BOARD_NAME], "Board");
    }

    assert_in_range (found, 400, 3900);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (good), cmocka_unit_test (entries), cmocka_unit_test (tables), cmocka_unit_test (bios), cmocka_unit_test (kinds),
        cmocka_unit_test (changes),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
