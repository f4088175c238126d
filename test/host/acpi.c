/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI: whole machines, the RSDP, root tables, length and checksum of every table. */
#include <acpi_machine.h>

/* Machines that are fine --------------------------------------------------------------------------------------------*/

static void test_acpi_1 (void **state UNUSED)
{
    start (0);
    full_madt (0x1ffe220f);
    fadt (0x1ffe1000, 116, 1);
    finish (true, false);

    assert_true (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 0, 20 bytes",
                  "ACPI: RSDT 0x1ffe0040 rev 1, 44 bytes",
                  "ACPI: APIC 0x1ffe220f rev 1, 142 bytes",
                  "ACPI: FACP 0x1ffe1000 rev 1, 116 bytes");
    assert_int_equal (acpi.rsdp, RSDP_ADDR);
    assert_true (acpi.fadt);
    assert_false (acpi.reset_supported);                /* the flag is set, but the table has no such register      */
    assert_int_equal (acpi.pm1a_evt.space, ACPI_GAS_IO);
    assert_int_equal (acpi.pm1a_evt.addr, 0x600);
    assert_int_equal (acpi.pm1a_evt.bits, 32);
    assert_int_equal (acpi.pm1a_cnt.addr, 0x604);
    assert_int_equal (acpi.pm1a_cnt.bits, 16);
    assert_int_equal (acpi.pm_tmr.addr, 0x608);
    assert_int_equal (acpi.pm1b_cnt.addr, 0);
    assert_true (acpi.pm_tmr_32);
    assert_int_equal (acpi.pm1_evt_len, 4);
    assert_int_equal (acpi.smi_cmd, 0xb2);
    assert_int_equal (acpi.acpi_enable, 0xf1);
    assert_int_equal (acpi.sci, 9);
}

static void test_full (void **state UNUSED)
{
    build_full();

    assert_true (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 2, 36 bytes",
                  "ACPI: XSDT 0x1ffe0100 rev 1, 108 bytes",
                  "ACPI: FACP 0x1ffe1001 rev 6, 276 bytes",
                  "ACPI: APIC 0x1ffe2203 rev 1, 142 bytes",
                  "ACPI: HPET 0x1ffe3005 rev 1, 56 bytes",
                  "ACPI: SPCR 0x1ffe4007 rev 2, 80 bytes",
                  "ACPI: DBG2 0x1ffe5009 rev 0, 124 bytes",
                  "ACPI: DMAR 0x1ffe600b rev 1, 104 bytes",
                  "ACPI: IVRS 0x1ffe700d rev 2, 96 bytes",
                  "ACPI: MCFG 0x1ffe8003 rev 1, 60 bytes");

    assert_int_equal (acpi.ecams, 1);
    assert_int_equal (acpi.ecam[0].base, 0xe0000000);
    assert_int_equal (acpi.ecam[0].last, 255);
    assert_int_equal (acpi.cpus, 3);
    assert_int_equal (acpi.apic_id[0], 0);
    assert_int_equal (acpi.apic_id[1], 2);
    assert_int_equal (acpi.apic_id[2], 0x101);
    assert_int_equal (acpi.lapic, 0x1fee00000);
    assert_true (acpi.pic);
    assert_int_equal (acpi.ioapics, 1);
    assert_int_equal (acpi.ioapic[0].addr, 0xfec00000);
    assert_int_equal (acpi.ioapic[0].id, 8);
    assert_int_equal (acpi.overrides, 2);
    assert_int_equal (acpi.override[0].gsi, 2);
    assert_int_equal (acpi.override[1].irq, 9);
    assert_int_equal (acpi.override[1].flags, 0xd);

    assert_int_equal (acpi.pm1a_evt.addr, 0x1800);
    assert_int_equal (acpi.pm1a_cnt.space, ACPI_GAS_MEMORY);
    assert_int_equal (acpi.pm1a_cnt.addr, 0xfed80804);
    assert_int_equal (acpi.pm_tmr.addr, 0x608);         /* X_ field is zero                                         */
    assert_true (acpi.reset_supported);
    assert_int_equal (acpi.reset.addr, 0xcf9);
    assert_int_equal (acpi.reset_value, 0x0e);

    assert_int_equal (acpi.hpet, 0xfed00000);
    assert_int_equal (acpi.uart.space, ACPI_GAS_IO);
    assert_int_equal (acpi.uart.addr, 0x3f8);
    assert_int_equal (acpi.protects, 3);
    assert_int_equal (acpi.protect[0].end, 0xfed91000);
    assert_int_equal (acpi.protect[1].end, 0xfed94000);
    assert_int_equal (acpi.protect[2].start, 0xfd200000);
    assert_int_equal (acpi.protect[2].end, 0xfd204000);
}

/* RSDP --------------------------------------------------------------------------------------------------------------*/

static void search_at (uint64_t addr)
{
    host_mem_reset();
    host_lines_reset();
    host_mem_put (addr, rsdp, sizeof rsdp);
    for (unsigned i = 0; i < count; i++)
        host_mem_put (tables[i].addr, tables[i].data, tables[i].size);
}

static void test_rsdp_search (void **state UNUSED)
{
    static uint64_t const good[] = { 0xe0000, 0xf5a40, 0xfffe0, 0x9fc00, 0x9fff0, 0x9ffe0 };
    uint8_t const segment[] = { 0xc0, 0x9f };           /* EBDA at 0x9fc00                                          */
    char line[64];

    build_full();

    for (unsigned i = 0; i < ARRAY_SIZE (good); i++) {
        search_at (good[i]);
        host_mem_put (0x40e, segment, sizeof segment);
        snprintf (line, sizeof line, "ACPI: RSDP 0x%lx rev 2, 36 bytes", good[i]);

        if (good[i] == 0x9fff0) {                       /* only 16 bytes are in the EBDA                            */
            assert_false (acpi_parse (&acpi, 0));
            assert_lines ("ACPI: RSDP not found");
            continue;
        }

        assert_true (acpi_parse (&acpi, 0));
        assert_printed (line);
        assert_int_equal (acpi.rsdp, good[i]);
    }
}

static void test_rsdp_search_none (void **state UNUSED)
{
    static uint64_t const bad[] = { 0xf5a48, 0x100000, 0xffff0, 0xdfff0, 0x9fc10 };

    build_full();

    for (unsigned i = 0; i < ARRAY_SIZE (bad); i++) {   /* not on the grid, outside, cut off, no EBDA               */
        search_at (bad[i]);
        assert_false (acpi_parse (&acpi, 0));
        assert_lines ("ACPI: RSDP not found");
        assert_int_equal (acpi.rsdp, 0);
    }

    rsdp[3] ^= 1;
    install();
    assert_false (acpi_parse (&acpi, 0));
    assert_lines ("ACPI: RSDP not found");
}

/* An EBDA that begins below 640 KiB is not searched beyond */
static void test_rsdp_ebda_end (void **state UNUSED)
{
    uint8_t const segment[] = { 0xf0, 0x9f };

    build_full();
    search_at (0xa0000);
    host_mem_put (0x40e, segment, sizeof segment);
    assert_false (acpi_parse (&acpi, 0));
    assert_lines ("ACPI: RSDP not found");
}

static void test_rsdp_ebda_segments (void **state UNUSED)
{
    build_full();

    for (unsigned s = 0; s < 0x10000; s += 0x3f) {
        uint8_t const segment[] = { (uint8_t)s, (uint8_t)(s >> 8) };
        search_at (RSDP_ADDR);
        host_mem_put (0x40e, segment, sizeof segment);
        assert_true (acpi_parse (&acpi, 0));
    }
}

static void test_rsdp_checksum (void **state UNUSED)
{
    build_full();
    rsdp[10]++;
    install();
    assert_false (acpi_parse (&acpi, 0));
    assert_lines ("ACPI: RSDP bad checksum (at 0xf5a40)");
}

static void test_rsdp_hint (void **state UNUSED)
{
    build_full();
    install();
    assert_true (acpi_parse (&acpi, 0x12345));
    assert_string_equal (host_line[0], "ACPI: no good RSDP at 0x12345, searching");
    assert_string_equal (host_line[1], "ACPI: RSDP 0xf5a40 rev 2, 36 bytes");

    install();
    assert_true (acpi_parse (&acpi, UINT64_MAX - 3));
    assert_printed ("ACPI: no good RSDP at 0xfffffffffffffffc, searching");

    host_mem_reset();                                   /* nothing answers at all                                   */
    host_lines_reset();
    assert_false (acpi_parse (&acpi, 0));
    assert_lines ("ACPI: RSDP not found");
}

static void test_rsdp_extended (void **state UNUSED)
{
    static uint32_t const length[] = { 0, 20, 35, 4097, UINT32_MAX };

    build_full();
    rsdp[33] = 1;                                       /* only the extended checksum notices                       */
    assert_true (parse());
    assert_string_equal (host_line[0], "ACPI: RSDP 0xf5a40 rev 2 names no XSDT or is damaged, using the RSDT");
    assert_string_equal (host_line[1], "ACPI: RSDT 0x1ffe0040 rev 1, 72 bytes");

    for (unsigned i = 0; i < ARRAY_SIZE (length); i++) {
        static uint8_t const zero[5000];

        build_full();
        host_put32 (rsdp, 20, length[i]);
        fix_rsdp();
        install();
        host_mem_put (RSDP_ADDR + sizeof rsdp, zero, sizeof zero);      /* good checksum, whatever the length       */
        assert_true (acpi_parse (&acpi, RSDP_ADDR));
        assert_string_equal (host_line[0], "ACPI: RSDP 0xf5a40 rev 2 names no XSDT or is damaged, using the RSDT");
        assert_int_equal (acpi.cpus, 3);
    }
}

/* Root tables -------------------------------------------------------------------------------------------------------*/

static void test_xsdt_fallback (void **state UNUSED)
{
    build_full();
    root ("XSDT")->data[30]++;
    assert_true (parse());
    assert_string_equal (host_line[1], "ACPI: XSDT bad checksum (108 bytes at 0x1ffe0100), ignored");
    assert_string_equal (host_line[2], "ACPI: RSDT 0x1ffe0040 rev 1, 72 bytes");
    assert_int_equal (acpi.cpus, 3);

    build_full();
    memcpy (root ("XSDT")->data, "ABCD", 4);
    assert_true (parse());
    assert_string_equal (host_line[1], "ACPI: no XSDT at 0x1ffe0100");
    assert_string_equal (host_line[2], "ACPI: RSDT 0x1ffe0040 rev 1, 72 bytes");

    build_full();
    host_put64 (rsdp, 24, UINT64_C (1) << 60);
    fix_rsdp();
    assert_true (parse());
    assert_string_equal (host_line[1], "ACPI: table at 0x1000000000000000 unmappable, ignored");
    assert_int_equal (acpi.cpus, 3);

    build_full();
    struct table *const x = root ("XSDT");
    memset (x->data + 36, 0, x->size - 36);
    fix (x);
    assert_true (parse());
    assert_string_equal (host_line[2], "ACPI: XSDT names no tables");
    assert_string_equal (host_line[3], "ACPI: RSDT 0x1ffe0040 rev 1, 72 bytes");
    assert_int_equal (acpi.cpus, 3);
}

static void test_no_root (void **state UNUSED)
{
    build_full();
    root ("XSDT")->data[30]++;
    root ("RSDT")->data[30]++;
    assert_false (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 2, 36 bytes",
                  "ACPI: XSDT bad checksum (108 bytes at 0x1ffe0100), ignored",
                  "ACPI: RSDT bad checksum (72 bytes at 0x1ffe0040), ignored",
                  "ACPI: no usable root table");

    start (0);
    host_put32 (rsdp, 16, 0);
    fix_rsdp();
    assert_false (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 0, 20 bytes", "ACPI: no usable root table");
}

static void test_root_entries (void **state UNUSED)
{
    struct table *r;

    /* More entries than are used, zero entries, a remainder that is no entry; the same MADT all over */
    start (0);
    full_madt (0x1ffe2203);
    hpet (0x1ffe3000, 0xfed00000);
    r = add (RSDT_ADDR, "RSDT", 1, 36);
    for (unsigned i = 0; i < 400; i++)
        BYTES (r, LE32 (i == 256 ? 0x1ffe3000 : i % 3 ? 0 : 0x1ffe2203));
    BYTES (r, 1, 2, 3);
    assert_true (parse());
    assert_string_equal (host_line[2], "ACPI: RSDT has 400 entries, only 256 used");
    assert_string_equal (host_line[3], "ACPI: APIC 0x1ffe2203 rev 1, 142 bytes");
    assert_string_equal (host_line[4], "ACPI: APIC at 0x1ffe2203 is not the first, ignored");
    assert_int_equal (acpi.cpus, 3);
    assert_int_equal (acpi.hpet, 0);

    /* Entries that lead to itself and to no memory */
    start (2);
    r = add (XSDT_ADDR, "XSDT", 1, 36);
    BYTES (r, LE64 ((uint64_t)XSDT_ADDR), LE64 (UINT64_MAX), LE64 ((UINT64_C (1) << HOST_PHYS_BITS) - 35));
    assert_true (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 2, 36 bytes", "ACPI: XSDT 0x1ffe0100 rev 1, 60 bytes",
                  "ACPI: table at 0xffffffffffffffff unmappable, ignored",
                  "ACPI: table at 0x3fffffffffdd unmappable, ignored");
}

/* Length and checksum of every table --------------------------------------------------------------------------------*/

static void test_lengths (void **state UNUSED)
{
    static struct { uint32_t length; char const *line; } const c[] = {
        { 0,          "ACPI: APIC too short (0 bytes at 0x1ffe2203), ignored" },
        { 35,         "ACPI: APIC too short (35 bytes at 0x1ffe2203), ignored" },
        { 43,         "ACPI: APIC too short (43 bytes at 0x1ffe2203), ignored" },
        { 2097153,    "ACPI: APIC too long (2097153 bytes at 0x1ffe2203), ignored" },
        { UINT32_MAX, "ACPI: APIC too long (4294967295 bytes at 0x1ffe2203), ignored" },
        { 2097152,    "ACPI: APIC bad checksum (2097152 bytes at 0x1ffe2203), ignored" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        build_full();
        host_put32 (root ("APIC")->data, 4, c[i].length);
        assert_true (parse());
        assert_printed (c[i].line);
        assert_int_equal (acpi.cpus, 0);
        assert_int_equal (acpi.lapic, 0);
        assert_int_equal (acpi.hpet, 0xfed00000);       /* the rest counts                                          */
    }

    start (2);                                          /* header readable, the rest beyond the physical width      */
    host_put32 (madt ((UINT64_C (1) << HOST_PHYS_BITS) - 40)->data, 4, 44);
    finish (false, true);
    assert_true (parse());
    assert_printed ("ACPI: APIC unmappable (44 bytes at 0x3fffffffffd8), ignored");
}

static void test_checksums (void **state UNUSED)
{
    static struct { char const *sig, *line; } const c[] = {
        { "APIC", "ACPI: APIC bad checksum (142 bytes at 0x1ffe2203), ignored" },
        { "FACP", "ACPI: FACP bad checksum (276 bytes at 0x1ffe1001), ignored" },
        { "HPET", "ACPI: HPET bad checksum (56 bytes at 0x1ffe3005), ignored" },
        { "SPCR", "ACPI: SPCR bad checksum (80 bytes at 0x1ffe4007), ignored" },
        { "DBG2", "ACPI: DBG2 bad checksum (124 bytes at 0x1ffe5009), ignored" },
        { "DMAR", "ACPI: DMAR bad checksum (104 bytes at 0x1ffe600b), ignored" },
        { "IVRS", "ACPI: IVRS bad checksum (96 bytes at 0x1ffe700d), ignored" },
        { "MCFG", "ACPI: MCFG bad checksum (60 bytes at 0x1ffe8003), ignored" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        build_full();
        root (c[i].sig)->data[9]++;
        assert_true (parse());
        assert_printed (c[i].line);
        assert_int_equal (host_lines, 10);
    }
}

static void test_second_table (void **state UNUSED)
{
    start (0);
    madt (0x1ffe2000)->data[9]++;                       /* a bad first one does not count as first                  */
    lapic (madt (0x1ffe3000), 7, 1);
    lapic (madt (0x1ffe4000), 8, 1);
    finish (true, false);
    assert_true (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 0, 20 bytes", "ACPI: RSDT 0x1ffe0040 rev 1, 48 bytes",
                  "ACPI: APIC bad checksum (44 bytes at 0x1ffe2000), ignored", "ACPI: APIC 0x1ffe3000 rev 1, 52 bytes",
                  "ACPI: APIC at 0x1ffe4000 is not the first, ignored");
    assert_int_equal (acpi.cpus, 1);
    assert_int_equal (acpi.apic_id[0], 7);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_acpi_1),
        cmocka_unit_test (test_full),
        cmocka_unit_test (test_rsdp_search),
        cmocka_unit_test (test_rsdp_search_none),
        cmocka_unit_test (test_rsdp_ebda_end),
        cmocka_unit_test (test_rsdp_ebda_segments),
        cmocka_unit_test (test_rsdp_checksum),
        cmocka_unit_test (test_rsdp_hint),
        cmocka_unit_test (test_rsdp_extended),
        cmocka_unit_test (test_xsdt_fallback),
        cmocka_unit_test (test_no_root),
        cmocka_unit_test (test_root_entries),
        cmocka_unit_test (test_lengths),
        cmocka_unit_test (test_checksums),
        cmocka_unit_test (test_second_table),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
