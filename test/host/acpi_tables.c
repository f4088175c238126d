/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI: what is inside the single tables. */
#include <acpi_machine.h>

/* MADT --------------------------------------------------------------------------------------------------------------*/

static void test_madt_duplicates (void **state UNUSED)
{
    start (0);
    struct table *const t = madt (0x1ffe2000);
    lapic (t, 1, 1);
    lapic (t, 1, 1);
    x2apic (t, 1, 1);
    lapic (t, 1, 0);                                    /* disabled: not even a duplicate                           */
    ioapic (t, 1, 0xfec00000, 0);
    ioapic (t, 2, 0xfec00000, 24);
    override (t, 0, 9, 9, 0);
    override (t, 0, 9, 20, 0);
    parse_one();
    assert_lines ("ACPI: APIC: 4 duplicate entries ignored");
    assert_int_equal (acpi.cpus, 1);
    assert_int_equal (acpi.ioapics, 1);
    assert_int_equal (acpi.overrides, 1);
    assert_int_equal (acpi.override[0].gsi, 9);
}

static void test_madt_malformed (void **state UNUSED)
{
    start (0);
    struct table *const t = madt (0x1ffe2000);
    host_put32 (t->data, 36, 0xfee00001);               /* LAPIC not page-aligned                                   */
    lapic (t, 0xff, 1);                                 /* broadcast                                                */
    x2apic (t, UINT32_MAX, 1);
    ioapic (t, 0, 0, 0);
    ioapic (t, 0, 0xfec00001, 0);
    override (t, 1, 3, 3, 0);                           /* not ISA                                                  */
    override (t, 0, 16, 3, 0);
    BYTES (t, 0, 7, 1, 1, 1, 0, 0);                     /* shorter than its type is                                 */
    BYTES (t, 9, 2);
    BYTES (t, 5, 12, 0, 0, LE64 (UINT64_C (0x1234)));
    BYTES (t, 200, 2);                                  /* unknown                                                  */
    lapic (t, 3, 1);
    parse_one();
    assert_lines ("ACPI: APIC: 10 malformed entries ignored");
    assert_int_equal (acpi.cpus, 1);
    assert_int_equal (acpi.lapic, 0xfee00000);
}

static void test_madt_damaged (void **state UNUSED)
{
    for (unsigned length = 0; length < 256; length++) {
        if (length >= 2 && length <= 8)
            continue;
        start (0);
        struct table *const t = madt (0x1ffe2000);
        lapic (t, 1, 1);
        BYTES (t, 0, (uint8_t)length, 2, 2, LE32 (1));
        parse_one();
        assert_lines ("ACPI: APIC: damaged at offset 52, the rest is ignored");
        assert_int_equal (acpi.cpus, 1);
    }

    start (0);
    struct table *const t = madt (0x1ffe2000);
    lapic (t, 1, 1);
    BYTES (t, 0);                                       /* half an entry head                                       */
    parse_one();
    assert_lines ("ACPI: APIC: damaged at offset 52, the rest is ignored");
}

static void test_madt_too_many (void **state UNUSED)
{
    start (0);
    struct table *t = madt (0x1ffe2000);
    for (unsigned i = 0; i < 200; i++)
        lapic (t, (uint8_t)i, 1);
    for (unsigned i = 0; i < 60; i++)
        x2apic (t, 0x1000 + i, 1);
    for (unsigned i = 0; i < 19; i++)
        ioapic (t, (uint8_t)i, 0xfec00000 + i * 0x1000, i * 24);
    for (unsigned i = 0; i < 16; i++)
        override (t, 0, (uint8_t)i, i, 0);
    parse_one();
    assert_lines ("ACPI: APIC: 4 CPUs beyond 256 ignored", "ACPI: APIC: 3 I/O APICs beyond 16 ignored");
    assert_int_equal (acpi.cpus, 256);
    assert_int_equal (acpi.apic_id[255], 0x1000 + 55);
    assert_int_equal (acpi.ioapics, 16);
    assert_int_equal (acpi.overrides, 16);
}

/* FADT --------------------------------------------------------------------------------------------------------------*/

static void test_fadt_sizes (void **state UNUSED)
{
    for (size_t size = 116; size <= 276; size++) {
        start (0);
        struct table *const t = full_fadt (0x1ffe1000);
        t->size = size;
        host_put32 (t->data, 4, (uint32_t)size);
        fix (t);
        parse_one();
        assert_no_lines();
        assert_true (acpi.fadt);
        assert_int_equal (acpi.reset_supported, size >= 129);
        assert_int_equal (acpi.pm1a_evt.addr, size >= 160 ? 0x1800 : 0x600);
        assert_int_equal (acpi.pm1a_cnt.addr, size >= 184 ? 0xfed80804 : 0x604);
    }
}

static void test_fadt_registers (void **state UNUSED)
{
    start (0);
    struct table *t = full_fadt (0x1ffe1000);
    put_gas (t, 148, 2, 32, 0x1800);                    /* PM1a event in PCI space: not possible                    */
    put_gas (t, 172, 1, 16, 0x10000);                   /* no such port                                             */
    put_gas (t, 116, 2, 8, 0x1f000040);                 /* reset in PCI space: possible                             */
    host_put32 (t->data, 76, 0x12345678);               /* PM timer: no such port                                   */
    host_put32 (t->data, 48, 0x10000);
    t->data[88] = 255;
    fix (t);
    parse_one();
    assert_int_equal (acpi.pm1a_evt.addr, 0x600);
    assert_int_equal (acpi.pm1a_evt.bits, 0);
    assert_int_equal (acpi.pm1_evt_len, 255);
    assert_int_equal (acpi.pm1a_cnt.addr, 0x604);
    assert_int_equal (acpi.pm_tmr.addr, 0);
    assert_int_equal (acpi.smi_cmd, 0);
    assert_true (acpi.reset_supported);
    assert_int_equal (acpi.reset.space, ACPI_GAS_PCI);

    start (0);
    t = full_fadt (0x1ffe1000);
    host_put32 (t->data, 112, 1U << 8);                 /* no reset register, whatever is in its place              */
    fix (t);
    parse_one();
    assert_false (acpi.reset_supported);
    assert_int_equal (acpi.reset.addr, 0);

    start (0);
    t = full_fadt (0x1ffe1000);
    put_gas (t, 116, 3, 8, 0xcf9);                      /* reset in the embedded controller                         */
    t->data[88] = 0;
    t->data[91] = 3;                                    /* no PM timer                                              */
    fix (t);
    parse_one();
    assert_false (acpi.reset_supported);
    assert_int_equal (acpi.pm_tmr.addr, 0);
    assert_int_equal (acpi.pm1_evt_len, 4);

    start (0);
    t = full_fadt (0x1ffe1000);
    host_put32 (t->data, 112, 1U << 20 | 1U << 10);
    fix (t);
    parse_one();
    assert_lines ("ACPI: FACP: hardware-reduced, no power management registers");
    assert_true (acpi.reset_supported);
    assert_int_equal (acpi.pm1a_cnt.addr, 0);
    assert_int_equal (acpi.smi_cmd, 0);
}

/* HPET, UART --------------------------------------------------------------------------------------------------------*/

static void test_hpet (void **state UNUSED)
{
    start (0);
    hpet (0x1ffe3000, 0xfed00001);
    parse_one();
    assert_lines ("ACPI: HPET: bad base address 0xfed00001 in space 0, ignored");
    assert_int_equal (acpi.hpet, 0);

    start (0);
    hpet (0x1ffe3000, 0);
    parse_one();
    assert_lines ("ACPI: HPET: bad base address 0x0 in space 0, ignored");

    start (0);
    struct table *const t = hpet (0x1ffe3000, 0x400);
    t->data[40] = 1;
    fix (t);
    parse_one();
    assert_lines ("ACPI: HPET: bad base address 0x400 in space 1, ignored");
}

static void test_uart_order (void **state UNUSED)
{
    for (unsigned spcr_first = 0; spcr_first < 2; spcr_first++) {
        start (0);
        if (spcr_first)
            spcr (0x1ffe4000, 0, 1, 8, 0x2f8);
        dbg2_device (dbg2 (0x1ffe5000, 1), 0x8000, 0, 1, 8, 0x3f8);
        if (!spcr_first)
            spcr (0x1ffe4000, 0, 1, 8, 0x2f8);
        finish (true, false);
        assert_true (parse());
        assert_int_equal (acpi.uart.addr, 0x2f8);
    }
}

static void test_spcr (void **state UNUSED)
{
    static struct { uint8_t type, space, bits; uint64_t base, uart; char const *line; } const c[] = {
        { 0,    1, 8,  0x3f8,      0x3f8,      NULL },
        { 1,    0, 8,  0xfe030001, 0xfe030001, NULL },
        { 0x12, 0, 32, 0xfe030000, 0xfe030000, NULL },
        { 0,    1, 8,  0,          0,          NULL },  /* redirection off                                          */
        { 4,    0, 32, 0x9000000,  0,          NULL },  /* MSM8x60: no driver                                       */
        { 0x12, 0, 32, 0xfe030002, 0,          "ACPI: SPCR: bad base address 0xfe030002 in space 0, ignored" },
        { 0,    1, 8,  0xfff8,     0xfff8,     NULL },
        { 0,    1, 8,  0xfff9,     0,          "ACPI: SPCR: bad base address 0xfff9 in space 1, ignored" },
        { 0,    0, 8,  UINT64_MAX, 0,          "ACPI: SPCR: bad base address 0xffffffffffffffff in space 0, ignored" },
        { 0,    2, 8,  0x3f8,      0,          "ACPI: SPCR: bad base address 0x3f8 in space 2, ignored" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        start (0);
        spcr (0x1ffe4000, c[i].type, c[i].space, c[i].bits, c[i].base);
        parse_one();
        assert_int_equal (acpi.uart.addr, c[i].uart);
        if (c[i].line)
            assert_lines (c[i].line);
        else
            assert_no_lines();
    }
}

static void test_dbg2 (void **state UNUSED)
{
    struct table *t;

    start (0);
    t = dbg2 (0x1ffe5000, 3);
    dbg2_device (t, 0x8001, 0, 1, 8, 0x100);            /* 1394                                                     */
    dbg2_device (t, 0x8000, 0x12, 0, 32, 0xfe030002);   /* unusable                                                 */
    dbg2_device (t, 0x8000, 0x12, 0, 32, 0xfe030000);
    parse_one();
    assert_lines ("ACPI: DBG2: bad base address at offset 84, ignored");
    assert_int_equal (acpi.uart.addr, 0xfe030000);
    assert_int_equal (acpi_gas_stride (&acpi.uart), 4);

    start (0);
    t = dbg2 (0x1ffe5000, 2);
    dbg2_device (t, 0x8000, 0, 1, 8, 0x3f8);
    dbg2_device (t, 0x8002, 0, 1, 8, 0x100);
    host_put16 (t->data, 44 + 18, 29);                  /* base address would leave the structure                   */
    fix (t);
    parse_one();
    assert_lines ("ACPI: DBG2: bad base address at offset 44, ignored");
    assert_int_equal (acpi.uart.addr, 0);

    start (0);
    t = dbg2 (0x1ffe5000, UINT32_MAX);                  /* count beyond the table                                   */
    dbg2_device (t, 0x8000, 4, 1, 8, 0x3f8);
    parse_one();
    assert_lines ("ACPI: DBG2: damaged at offset 84, the rest is ignored");

    for (uint16_t length = 0; length < 100; length++) {
        if (length >= 22 && length <= 40)
            continue;
        start (0);
        t = dbg2 (0x1ffe5000, UINT32_MAX);
        dbg2_device (t, 0x8000, 0, 1, 8, 0x3f8);
        host_put16 (t->data, 45, length);
        fix (t);
        parse_one();
        assert_lines ("ACPI: DBG2: damaged at offset 44, the rest is ignored");
    }

    start (0);
    t = dbg2 (0x1ffe5000, 1);
    host_put32 (t->data, 36, UINT32_MAX);
    fix (t);
    parse_one();
    assert_lines ("ACPI: DBG2: damaged at offset 4294967295, the rest is ignored");
}

/* IOMMUs ------------------------------------------------------------------------------------------------------------*/

static void test_dmar (void **state UNUSED)
{
    struct table *t;

    start (0);
    t = dmar (0x1ffe6000);
    drhd (t, 0, 0xfed90000);
    drhd (t, 0, 0xfed90000);                            /* again: no news                                           */
    drhd (t, 0, 0);
    drhd (t, 0, 0xfed91004);
    drhd (t, 0, UINT64_MAX & ~PAGE_MASK);
    BYTES (t, LE16 (0), LE16 (8), LE32 (0));            /* shorter than a DRHD: the base would be the next entry's  */
    BYTES (t, LE16 (0x1000), LE16 (0x0fed), LE32 (0));
    parse_one();
    assert_lines ("ACPI: DMAR: damaged at offset 136, the rest is ignored", "ACPI: DMAR: 4 malformed units ignored");
    assert_int_equal (acpi.protects, 1);
    assert_int_equal (acpi.vtd_units, 1);

    start (0);
    t = dmar (0x1ffe6000);
    for (unsigned i = 0; i < 35; i++)
        drhd (t, 0, 0xfed00000 + i * PAGE_SIZE);
    parse_one();
    assert_lines ("ACPI: DMAR: 3 units beyond 32 are not protected");
    assert_int_equal (acpi.protects, 32);

    for (uint16_t length = 0; length < 4; length++) {
        start (0);
        t = dmar (0x1ffe6000);
        drhd (t, 0, 0xfed90000);
        BYTES (t, LE16 (0), LE16 (length), LE32 (0));
        parse_one();
        assert_lines ("ACPI: DMAR: damaged at offset 64, the rest is ignored");
        assert_int_equal (acpi.protects, 1);
    }
}

static void test_ivrs (void **state UNUSED)
{
    struct table *t;

    start (0);
    t = ivrs (0x1ffe7000);
    BYTES (t, 0x20, 0, LE16 (12), LE64 (UINT64_C (0)));     /* IVMD                                                 */
    ivhd (t, 0x40, 0xfd300000);
    ivhd (t, 0x10, 0xfd300000);
    ivhd (t, 0x11, 0xfd400000);
    parse_one();
    assert_no_lines();
    assert_int_equal (acpi.protects, 2);
    assert_int_equal (acpi.vtd_units, 0);
    assert_int_equal (acpi.protect[0].start, 0xfd300000);
    assert_int_equal (acpi.protect[1].end, 0xfd404000);

    start (0);
    t = ivrs (0x1ffe7000);
    BYTES (t, 0x10, 0, LE16 (65535), LE64 (UINT64_C (0)));
    parse_one();
    assert_lines ("ACPI: IVRS: damaged at offset 48, the rest is ignored");
}

/* MCFG ----------------------------------------------------------------------------------------------------------------*/

static void test_mcfg (void **state UNUSED)
{
    start (0);
    struct table *t = mcfg (0x1ffe2000, 0xb0000000, 0, 0, 127);
    mcfg_entry (t, 0, 1, 0, 255);                       /* malformed: no base, not aligned, wraps, no bus           */
    mcfg_entry (t, 0xb0080000, 1, 0, 255);
    mcfg_entry (t, UINT64_C (0xfffffffff8000000), 1, 0, 255);
    mcfg_entry (t, 0xc0000000, 1, 2, 1);
    mcfg_entry (t, UINT64_C (0x4000000000), 0xffff, 255, 255);
    BYTES (t, 1, 2, 3);                                 /* less than an entry                                       */
    parse_one();
    assert_lines ("ACPI: MCFG: 4 malformed entries ignored");
    assert_int_equal (acpi.ecams, 2);
    assert_int_equal (acpi.ecam[0].base, 0xb0000000);
    assert_int_equal (acpi.ecam[0].segment, 0);
    assert_int_equal (acpi.ecam[0].last, 127);
    assert_int_equal (acpi.ecam[1].base, UINT64_C (0x4000000000));
    assert_int_equal (acpi.ecam[1].segment, 0xffff);
    assert_int_equal (acpi.ecam[1].first, 255);

    start (0);
    t = mcfg (0x1ffe2000, 0xb0000000, 0, 0, 127);
    for (uint16_t i = 1; i < ACPI_ECAM_MAX + 3; i++)
        mcfg_entry (t, 0xb0000000, i, 0, 127);
    parse_one();
    assert_lines ("ACPI: MCFG: 3 entries beyond 32 ignored");
    assert_int_equal (acpi.ecams, ACPI_ECAM_MAX);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_madt_duplicates),
        cmocka_unit_test (test_madt_malformed),
        cmocka_unit_test (test_madt_damaged),
        cmocka_unit_test (test_madt_too_many),
        cmocka_unit_test (test_fadt_sizes),
        cmocka_unit_test (test_fadt_registers),
        cmocka_unit_test (test_hpet),
        cmocka_unit_test (test_uart_order),
        cmocka_unit_test (test_spcr),
        cmocka_unit_test (test_dbg2),
        cmocka_unit_test (test_dmar),
        cmocka_unit_test (test_ivrs),
        cmocka_unit_test (test_mcfg),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
