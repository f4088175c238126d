/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI: tables of Arm machines. */
#include <acpi_machine.h>

static void test_server (void **state UNUSED)
{
    build_arm();

    assert_true (parse());
    assert_lines ("ACPI: RSDP 0xf5a40 rev 2, 36 bytes",
                  "ACPI: XSDT 0x1ffe0100 rev 1, 100 bytes",
                  "ACPI: FACP 0x1ffe1001 rev 6, 276 bytes",
                  "ACPI: FACP: hardware-reduced, no power management registers",
                  "ACPI: APIC 0x1ffe2203 rev 4, 440 bytes",
                  "ACPI: GTDT 0x1ffe3005 rev 2, 96 bytes",
                  "ACPI: SPCR 0x1ffe4007 rev 2, 80 bytes",
                  "ACPI: DBG2 0x1ffe5009 rev 0, 84 bytes",
                  "ACPI: IORT 0x1ffe600b rev 3, 288 bytes",
                  "ACPI: MCFG 0x1ffe8003 rev 1, 60 bytes");

    assert_true (acpi.psci && acpi.psci_hvc);
    assert_int_equal (acpi.cpus, 0);
    assert_int_equal (acpi.lapic, 0);
    assert_false (acpi.pic);
    assert_int_equal (acpi.gic.version, 3);
    assert_int_equal (acpi.gic.gicd, 0x8000000);
    assert_int_equal (acpi.gic.cpus, 3);
    assert_int_equal (acpi.gic.mpidr[1], 1);
    assert_int_equal (acpi.gic.mpidr[2], UINT64_C (0x100000100));
    assert_int_equal (acpi.gic.gicrs, 2);
    assert_int_equal (acpi.gic.gicr[0].start, 0x80a0000);
    assert_int_equal (acpi.gic.gicr[0].end, 0x9000000);
    assert_int_equal (acpi.gic.gicr[1].end, UINT64_C (0x4004000000));
    assert_int_equal (acpi.gic.msis, 1);
    assert_int_equal (acpi.gic.msi[0].start, 0x8080000);
    assert_int_equal (acpi.gic.msi[0].end, 0x80a0000);
    assert_int_equal (acpi.timer_el2, 26);
    assert_int_equal (acpi.uart_kind, ACPI_UART_PL011);
    assert_int_equal (acpi.uart.addr, 0x9000000);
    assert_int_equal (acpi.uart_interrupt, 33);
    assert_int_equal (acpi.protects, 2);
    assert_int_equal (acpi.protect[0].end, 0x9070000);
    assert_int_equal (acpi.protect[1].end, 0x9090000);
    assert_int_equal (acpi.ecam[0].base, UINT64_C (0x4010000000));
}

/* MADT --------------------------------------------------------------------------------------------------------------*/

static void test_gic_v2 (void **state UNUSED)
{
    start (0);
    struct table *const t = arm_madt (0x1ffe2000);
    gicc (t, 1, 0, 0x8010000, 0x8040000, 0x8030000, 0);
    gicc (t, 1, 1, 0x8010000, 0x8040000, 0x8030000, 0);
    gicd (t, 0x8000000, 2);
    gic_msi (t, 0x8020000);
    parse_one();
    assert_no_lines();
    assert_int_equal (acpi.gic.version, 2);
    assert_int_equal (acpi.gic.gicc, 0x8010000);
    assert_int_equal (acpi.gic.gicv, 0x8040000);
    assert_int_equal (acpi.gic.gich, 0x8030000);
    assert_int_equal (acpi.gic.gicrs, 0);
    assert_int_equal (acpi.gic.msi[0].end, 0x8021000);
}

/* Processors name their redistributors, in an order of their own: side by side is one series, but only if nothing is between them */
static void test_gicr_of_cpus (void **state UNUSED)
{
    static uint64_t const v3[] = { 0x80c0000, 0x80a0000, 0x9000000, 0x80e0000, 0 }, v4[] = { 0x80e0000, 0x80a0000, 0x9000000 };

    start (0);
    struct table *t = arm_madt (0x1ffe2000);
    for (unsigned i = 0; i < ARRAY_SIZE (v3); i++)
        gicc (t, 1, i, 0, 0, 0, v3[i]);
    gicc (t, 0, 7, 0, 0, 0, 0xa000000);                 /* disabled: perhaps nobody answers there                   */
    gicd (t, 0x8000000, 3);
    parse_one();
    assert_no_lines();
    assert_int_equal (acpi.gic.gicrs, 2);
    assert_int_equal (acpi.gic.gicr[0].start, 0x9000000);
    assert_int_equal (acpi.gic.gicr[0].end, 0x9020000);
    assert_int_equal (acpi.gic.gicr[1].start, 0x80a0000);
    assert_int_equal (acpi.gic.gicr[1].end, 0x8100000);

    start (0);
    t = arm_madt (0x1ffe2000);
    for (unsigned i = 0; i < ARRAY_SIZE (v4); i++)
        gicc (t, 1, i, 0, 0, 0, v4[i]);
    gicd (t, 0x8000000, 4);
    parse_one();
    assert_int_equal (acpi.gic.gicrs, 2);
    assert_int_equal (acpi.gic.gicr[0].start, 0x80a0000);
    assert_int_equal (acpi.gic.gicr[0].end, 0x8120000);
    assert_int_equal (acpi.gic.gicr[1].end, 0x9040000);

    start (0);                                          /* entries of type GICR win, wherever they stand            */
    t = arm_madt (0x1ffe2000);
    gicc (t, 1, 0, 0, 0, 0, 0x80a0000);
    gicr (t, 0x8200000, 0x40000);
    gicc (t, 1, 1, 0, 0, 0, 0x80c0000);
    parse_one();
    assert_int_equal (acpi.gic.gicrs, 1);
    assert_int_equal (acpi.gic.gicr[0].start, 0x8200000);

    start (0);                                          /* one at the end of the address space, and two of one CPU  */
    t = arm_madt (0x1ffe2000);
    gicc (t, 1, 0, 0, 0, 0, UINT64_C (0xfffffffffffe0000));
    gicc (t, 1, 1, 0, 0, 0, 0x80a0000);
    gicc (t, 1, 2, 0, 0, 0, 0x80b0000);
    parse_one();
    assert_lines ("ACPI: APIC: 1 malformed entries ignored", "ACPI: APIC: 1 duplicate entries ignored");
    assert_int_equal (acpi.gic.gicrs, 1);
}

static void test_gic_malformed (void **state UNUSED)
{
    start (0);
    struct table *const t = arm_madt (0x1ffe2000);
    gicd (t, 0, 3);
    gicd (t, 0x8000100, 3);
    gicc (t, 1, UINT64_C (0x80000000), 0, 0, 0, 0);     /* bits of MPIDR that are no affinity                       */
    gicc (t, 1, UINT64_C (1) << 40, 0, 0, 0, 0);
    gicc (t, 1, 1, 0x8010004, 0, 0, 0);
    gicr (t, 0x80a0000, 0);
    gicr (t, 0x80a0000, 0x123);
    gicr (t, 0, 0x20000);
    gicr (t, UINT64_C (0xffffffffffff0000), 0x20000);
    its (t, 0x8080001);
    gic_msi (t, 0);
    BYTES (t, 11, 40, 0, 0);                            /* ACPI 5.0: no MPIDR                                       */
    for (unsigned i = 4; i < 40; i++)
        BYTES (t, 0);
    BYTES (t, 12, 23, 0, 0, LE32 (0), LE64 (UINT64_C (0x8000000)), LE32 (0), 3, 0, 0);
    BYTES (t, 13, 2);
    BYTES (t, 14, 15, 0, 0, LE64 (UINT64_C (0x80a0000)), 0, 0, 2);
    BYTES (t, 15, 4, 0, 0);
    BYTES (t, 24, 2);                                   /* another one: not for us                                  */
    parse_one();
    assert_lines ("ACPI: APIC: 16 malformed entries ignored");
    assert_int_equal (acpi.gic.gicd, 0);
    assert_int_equal (acpi.gic.cpus, 0);
    assert_int_equal (acpi.gic.gicrs, 0);
    assert_int_equal (acpi.gic.msis, 0);
}

static void test_gic_duplicates (void **state UNUSED)
{
    start (0);
    struct table *const t = arm_madt (0x1ffe2000);
    gicd (t, 0x8000000, 3);
    gicd (t, 0x9000000, 2);
    gicc (t, 1, 5, 0, 0, 0, 0);
    gicc (t, 1, 5, 0, 0, 0, 0);
    gicr (t, 0x80a0000, 0x40000);
    gicr (t, 0x80c0000, 0x40000);                       /* half of it again                                         */
    its (t, 0x8080000);
    its (t, 0x8080000);
    parse_one();
    assert_lines ("ACPI: APIC: 4 duplicate entries ignored");
    assert_int_equal (acpi.gic.gicd, 0x8000000);
    assert_int_equal (acpi.gic.version, 3);
    assert_int_equal (acpi.gic.cpus, 1);
    assert_int_equal (acpi.gic.gicrs, 1);
    assert_int_equal (acpi.gic.msis, 1);
}

static void test_gic_too_many (void **state UNUSED)
{
    start (0);
    struct table *t = arm_madt (0x1ffe2000);
    for (unsigned i = 0; i < ACPI_GICR_MAX + 3; i++)
        gicr (t, 0x10000000 + i * 0x100000, 0x20000);
    for (unsigned i = 0; i < ACPI_MSI_MAX + 2; i++)
        its (t, 0x20000000 + i * 0x100000);
    parse_one();
    assert_lines ("ACPI: APIC: 5 GIC frames beyond 64 redistributors and 16 others ignored");
    assert_int_equal (acpi.gic.gicrs, ACPI_GICR_MAX);
    assert_int_equal (acpi.gic.msis, ACPI_MSI_MAX);
}

/* More than a table of the tests holds: the entries go into memory one by one */
static void test_cpus_too_many (void **state UNUSED)
{
    enum { CPUS = ACPI_CPU_MAX + 9, SIZE = 44 + CPUS * 80 };
    static uint8_t big[SIZE];
    static struct table one;

    start (0);
    struct table *const t = arm_madt (0x1ffe2000);
    memcpy (big, t->data, 44);
    for (unsigned i = 0; i < CPUS; i++) {
        one.size = 0;
        gicc (&one, 1, (i & 0xff00) << 8 | (i & 0xff), 0, 0, 0, 0);
        memcpy (big + 44 + i * 80, one.data, 80);
    }
    host_put32 (big, 4, SIZE);
    big[9] = 0;
    uint8_t s = 0;
    for (unsigned i = 0; i < SIZE; i++)
        s = (uint8_t)(s + big[i]);
    big[9] = (uint8_t)-s;
    finish (true, false);
    tables[0].size = 0;
    install();
    host_mem_put (0x1ffe2000, big, SIZE);
    assert_true (acpi_parse (&acpi, RSDP_ADDR));
    assert_sane();
    assert_printed ("ACPI: APIC: 9 CPUs beyond 256 ignored");
    assert_int_equal (acpi.gic.cpus, ACPI_CPU_MAX);
    assert_int_equal (acpi.gic.mpidr[255], 0xff);
}

/* FADT, GTDT ----------------------------------------------------------------------------------------------------------*/

static void test_psci (void **state UNUSED)
{
    for (uint16_t arm = 0; arm < 8; arm++) {
        start (0);
        arm_fadt (0x1ffe1000, arm);
        parse_one();
        assert_int_equal (acpi.psci, arm & 1);
        assert_int_equal (acpi.psci_hvc, (arm & 3) == 3);
    }

    for (size_t size = 116; size <= 140; size++) {      /* the field is in it, or it is not                         */
        start (0);
        struct table *const t = arm_fadt (0x1ffe1000, 3);
        t->size = size;
        host_put32 (t->data, 4, (uint32_t)size);
        fix (t);
        parse_one();
        assert_int_equal (acpi.psci, size >= 131);
        assert_int_equal (acpi.psci_hvc, size >= 131);
    }
}

static void test_gtdt (void **state UNUSED)
{
    start (0);
    struct table *t = gtdt (0x1ffe3000, 28);
    parse_one();
    assert_no_lines();
    assert_int_equal (acpi.timer_el2, 28);

    for (unsigned n = 0; n <= 33; n++) {                /* 0: there is none, which is no fault                      */
        start (0);
        gtdt (0x1ffe3000, n);
        parse_one();
        assert_int_equal (acpi.timer_el2, n < 16 || n > 31 ? 0 : n);
        if (n == 15)
            assert_lines ("ACPI: GTDT: the hypervisor's timer has interrupt 15, which is not private to a CPU, ignored");
        if (!n || acpi.timer_el2)
            assert_no_lines();
    }

    start (0);                                          /* ACPI 5.0 had no such field                               */
    t = gtdt (0x1ffe3000, 28);
    t->size = 79;
    host_put32 (t->data, 4, 79);
    fix (t);
    finish (true, false);
    assert_true (parse());
    assert_printed ("ACPI: GTDT too short (79 bytes at 0x1ffe3000), ignored");
    assert_int_equal (acpi.timer_el2, 0);
}

/* UART ----------------------------------------------------------------------------------------------------------------*/

static void test_uart (void **state UNUSED)
{
    static struct { uint8_t type, space, bits; uint64_t base; bool good; enum acpi_uart kind; } const c[] = {
        { 0x03, 0, 32, 0x9000000,                     true,  ACPI_UART_PL011 },
        { 0x0d, 0, 32, 0x9000000,                     true,  ACPI_UART_SBSA },
        { 0x0e, 0, 32, 0x9000000,                     true,  ACPI_UART_SBSA },
        { 0x12, 0, 32, 0x9000000,                     true,  ACPI_UART_16550 },
        { 0x10, 0, 32, 0x9000000,                     false, 0 },      /* BCM2835: no driver                        */
        { 0x03, 0, 32, 0x9000002,                     false, 0 },
        { 0x03, 1, 32, 0x3f8,                         false, 0 },      /* a PL011 at a port                         */
        { 0x0e, 0, 32, UINT64_C (0xfffffffffffff000), true,  ACPI_UART_SBSA },
        { 0x0e, 0, 32, UINT64_C (0xfffffffffffff004), false, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++)
        for (unsigned table = 0; table < 2; table++) {
            start (0);
            if (table)
                dbg2_device (dbg2 (0x1ffe5000, 1), 0x8000, c[i].type, c[i].space, c[i].bits, c[i].base);
            else
                spcr (0x1ffe4000, c[i].type, c[i].space, c[i].bits, c[i].base);
            parse_one();
            assert_int_equal (acpi.uart.addr, c[i].good ? c[i].base : 0);
            if (c[i].good)
                assert_int_equal (acpi.uart_kind, c[i].kind);
        }
}

static void test_uart_interrupt (void **state UNUSED)
{
    static struct { uint8_t type; size_t size; uint64_t base; uint32_t interrupt; } const c[] = {
        { 8, 80, 0x9000000, 33 }, { 9, 80, 0x9000000, 33 }, { 3, 80, 0x9000000, 0 }, { 8, 58, 0x9000000, 33 }, { 8, 57, 0x9000000, 0 },
        { 8, 80, 0x9000002, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        start (0);
        struct table *const t = spcr (0x1ffe4000, 3, 0, 32, c[i].base);
        spcr_interrupt (t, c[i].type, 33);
        t->size = c[i].size;
        host_put32 (t->data, 4, (uint32_t)c[i].size);
        fix (t);
        parse_one();
        assert_int_equal (acpi.uart_interrupt, c[i].interrupt);
    }
}

/* Distance and width of the registers of a 16550: what is said of either counts, and no access is wider than the distance */
static void test_stride (void **state UNUSED)
{
    static struct { uint8_t space, bits, access, stride, width; } const c[] = {
        { 0, 8, 0, 1, 1 }, { 0, 8, 1, 1, 1 }, { 0, 0, 0, 1, 1 }, { 0, 16, 0, 2, 2 }, { 0, 32, 0, 4, 4 }, { 0, 32, 1, 4, 1 },
        { 0, 32, 3, 4, 4 }, { 0, 8, 3, 4, 4 }, { 0, 8, 2, 2, 2 }, { 0, 32, 4, 4, 4 }, { 0, 99, 200, 1, 1 }, { 1, 32, 3, 1, 1 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        struct acpi_gas const g = { .space = c[i].space, .bits = c[i].bits, .access = c[i].access, .addr = 0x1000 };
        assert_int_equal (acpi_gas_stride (&g), c[i].stride);
        assert_int_equal (acpi_gas_width (&g), c[i].width);
    }
}

/* IORT ----------------------------------------------------------------------------------------------------------------*/

static void test_iort (void **state UNUSED)
{
    start (0);
    struct table *t = iort (0x1ffe6000, 9);
    iort_node (t, 4, 68, 0x9050000, 0, 0);
    iort_node (t, 4, 68, 0x9050000, 0, 0);              /* again: no news                                           */
    iort_node (t, 4, 68, 0xa000000, 0, 0xb000000);      /* with a page of address translation                       */
    iort_node (t, 3, 76, 0xc000000, 0x1800, 0);
    iort_node (t, 3, 76, 0xd000000, 0, 0);              /* malformed: empty, not aligned, wraps, none               */
    iort_node (t, 3, 76, 0xd000100, 0x1000, 0);
    iort_node (t, 3, 76, 0xd000000, UINT64_MAX, 0);
    iort_node (t, 3, 76, UINT64_C (0xfffffffffffff000), 0x1001, 0);
    iort_node (t, 4, 68, 0, 0, 0);
    parse_one();
    assert_lines ("ACPI: IORT: 5 malformed units ignored");
    assert_int_equal (acpi.protects, 4);
    assert_int_equal (acpi.protect[1].end, 0xa020000);
    assert_int_equal (acpi.protect[2].start, 0xb000000);
    assert_int_equal (acpi.protect[2].end, 0xb010000);
    assert_int_equal (acpi.protect[3].end, 0xc002000);
    assert_int_equal (acpi.vtd_units, 0);

    start (0);                                          /* shorter than their types are                             */
    t = iort (0x1ffe6000, 2);
    BYTES (t, 3, LE16 (31), 0, LE32 (0), LE32 (0), LE32 (0), LE64 (UINT64_C (0x9000000)), LE32 (0x1000), 0, 0, 0);
    BYTES (t, 4, LE16 (39), 0, LE32 (0), LE32 (0), LE32 (0), LE64 (UINT64_C (0x9000000)), LE64 (UINT64_C (0)), LE32 (0), 0, 0, 0);
    parse_one();
    assert_lines ("ACPI: IORT: 2 malformed units ignored");

    for (uint16_t length = 0; length < 16; length++) {
        start (0);
        t = iort (0x1ffe6000, 2);
        iort_node (t, 4, 68, 0x9050000, 0, 0);
        BYTES (t, 4, LE16 (length), 0, LE32 (0), LE32 (0), LE32 (0));
        parse_one();
        assert_lines ("ACPI: IORT: damaged at offset 116, the rest is ignored");
        assert_int_equal (acpi.protects, 1);
    }

    start (0);                                          /* more nodes than there are                                */
    t = iort (0x1ffe6000, UINT32_MAX);
    iort_node (t, 2, 56, 0, 0, 0);
    parse_one();
    assert_lines ("ACPI: IORT: damaged at offset 104, the rest is ignored");

    static uint32_t const offset[] = { 0, 47, 1000, UINT32_MAX };

    for (unsigned i = 0; i < ARRAY_SIZE (offset); i++) {
        char line[64];
        start (0);
        t = iort (0x1ffe6000, 1);
        iort_node (t, 4, 68, 0x9050000, 0, 0);
        host_put32 (t->data, 40, offset[i]);
        fix (t);
        parse_one();
        snprintf (line, sizeof line, "ACPI: IORT: damaged at offset %u, the rest is ignored", offset[i]);
        assert_lines (line);
        assert_int_equal (acpi.protects, 0);
    }

    start (0);
    t = iort (0x1ffe6000, ACPI_PROTECT_MAX + 2);
    for (unsigned i = 0; i < ACPI_PROTECT_MAX + 2; i++)
        iort_node (t, 4, 68, 0x10000000 + i * 0x20000, 0, 0);
    parse_one();
    assert_lines ("ACPI: IORT: 2 units beyond 32 are not protected");
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_server),
        cmocka_unit_test (test_gic_v2),
        cmocka_unit_test (test_gicr_of_cpus),
        cmocka_unit_test (test_gic_malformed),
        cmocka_unit_test (test_gic_duplicates),
        cmocka_unit_test (test_gic_too_many),
        cmocka_unit_test (test_cpus_too_many),
        cmocka_unit_test (test_psci),
        cmocka_unit_test (test_gtdt),
        cmocka_unit_test (test_uart),
        cmocka_unit_test (test_uart_interrupt),
        cmocka_unit_test (test_stride),
        cmocka_unit_test (test_iort),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
