/* SPDX-License-Identifier: GPL-2.0-only */
/* What the aarch64 kernel learns of a machine from ACPI tables. */
#include <acpi_machine.h>
#include <platform.h>

static struct platform p;

static void read_tables (bool xsdt)
{
    if (xsdt)
        finish (false, true);

    assert_true (parse());
    p = (struct platform) { .timer_ppi = 26, .uart = UART_NONE };
    platform_acpi (&p, &acpi);
}

static void server (void **state UNUSED)
{
    build_arm();
    read_tables (false);

    assert_int_equal (p.gic, 3);
    assert_int_equal (p.gicd.addr, 0x8000000);
    assert_int_equal (p.gicd.size, 0x10000);
    assert_int_equal (p.gicc.size, 0);
    assert_int_equal (p.gicrs, 2);
    assert_int_equal (p.gicr[0].addr, 0x80a0000);
    assert_int_equal (p.gicr[0].size, 0xf60000);
    assert_int_equal (p.gicr[1].addr, UINT64_C (0x4000000000));
    assert_int_equal (p.timer_ppi, 26);
    assert_int_equal (p.psci, PSCI_HVC);
    assert_int_equal (p.cpus, 3);
    assert_int_equal (p.cpus_left, 0);
    assert_int_equal (p.mpidr[2], UINT64_C (0x100000100));
    assert_int_equal (p.uart, UART_PL011);
    assert_int_equal (p.uart_regs.addr, 0x9000000);
    assert_int_equal (p.smmus, 2);
    assert_int_equal (p.smmu[0].addr, 0x9050000);
    assert_int_equal (p.smmu[0].size, 0x20000);
    assert_int_equal (p.msis, 1);
    assert_int_equal (p.msi[0].size, 0x20000);
    assert_int_equal (p.ecams, 1);
    assert_int_equal (p.ecam[0].base, UINT64_C (0x4010000000));
}

static void gic_v2 (void **state UNUSED)
{
    start (2);
    arm_fadt (0x1ffe1000, 1);
    struct table *const t = arm_madt (0x1ffe2000);
    gicc (t, 1, 0, 0x8010000, 0x8040000, 0x8030000, 0);
    gicd (t, 0x8000000, 2);
    gic_msi (t, 0x8020000);
    gtdt (0x1ffe3000, 28);
    spcr (0x1ffe4000, 0x12, 0, 32, 0x7ff80000);
    read_tables (true);

    assert_int_equal (p.gic, 2);
    assert_int_equal (p.gicd.size, 0x1000);
    assert_int_equal (p.gicc.addr, 0x8010000);
    assert_int_equal (p.gicc.size, 0x2000);
    assert_int_equal (p.gich.addr, 0x8030000);
    assert_int_equal (p.gicv.size, 0x2000);
    assert_int_equal (p.msi[0].addr, 0x8020000);
    assert_int_equal (p.timer_ppi, 28);
    assert_int_equal (p.psci, PSCI_SMC);
    assert_int_equal (p.uart, UART_16550);
    assert_int_equal (p.uart_stride, 4);
    assert_int_equal (p.uart_width, 1);
}

/* Which controller it is, by what the distributor's entry says and by which frames there are */
static void versions (void **state UNUSED)
{
    static struct { uint8_t told; bool gicc, gicr; unsigned gic; } const c[] = {
        { 0, false, false, 0 }, { 0, true, false, 2 }, { 0, false, true, 3 }, { 0, true, true, 3 }, { 1, true, false, 0 },
        { 2, true, false, 2 }, { 2, false, true, 0 }, { 2, true, true, 2 }, { 3, true, false, 0 }, { 3, false, true, 3 },
        { 4, true, true, 3 }, { 255, false, true, 3 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        start (2);
        struct table *const t = arm_madt (0x1ffe2000);
        gicd (t, 0x8000000, c[i].told);
        gicc (t, 1, 0, c[i].gicc ? 0x8010000 : 0, 0, 0, 0);
        if (c[i].gicr)
            gicr (t, 0x80a0000, 0x20000);
        read_tables (true);
        assert_int_equal (p.gic, c[i].gic);
    }

    start (2);                                          /* no distributor                                           */
    struct table *const t = arm_madt (0x1ffe2000);
    gicc (t, 1, 0, 0x8010000, 0, 0, 0);
    gicr (t, 0x80a0000, 0x20000);
    read_tables (true);
    assert_int_equal (p.gic, 0);
}

/* What firmware does not say, or not sensibly, stays as it is */
static void nothing (void **state UNUSED)
{
    start (2);
    gtdt (0x1ffe3000, 32);                              /* a shared interrupt cannot be every CPU's                 */
    spcr (0x1ffe4000, 0, 1, 8, 0x3f8);                  /* a port                                                   */
    read_tables (true);

    assert_int_equal (p.gic, 0);
    assert_int_equal (p.timer_ppi, 26);
    assert_int_equal (p.uart, UART_NONE);
    assert_int_equal (p.psci, PSCI_NONE);
    assert_int_equal (p.cpus, 0);

    start (2);
    gtdt (0x1ffe3000, 15);
    read_tables (true);
    assert_int_equal (p.timer_ppi, 26);
}

static void too_many (void **state UNUSED)
{
    start (2);
    struct table *t = arm_madt (0x1ffe2000);
    for (unsigned i = 0; i < 50; i++)
        gicc (t, 1, i, 0, 0, 0, 0);
    read_tables (true);
    assert_int_equal (p.cpus, 50);

    memset (&acpi, 0, sizeof acpi);
    acpi.gic.cpus = CPU_MAX + 7;
    for (unsigned i = 0; i < acpi.gic.cpus; i++)
        acpi.gic.mpidr[i] = i;
    acpi.protects = ACPI_PROTECT_MAX;
    acpi.gic.gicrs = ACPI_GICR_MAX;
    acpi.ecams = ACPI_ECAM_MAX;
    platform_acpi (&p, &acpi);
    assert_int_equal (p.cpus, CPU_MAX);
    assert_int_equal (p.cpus_left, 7);
    assert_int_equal (p.smmus, ACPI_PROTECT_MAX);       /* all that the parser keeps: none may be left open         */
    assert_int_equal (p.ecams, ACPI_ECAM_MAX);
    assert_true (GICR_REGIONS >= ACPI_GICR_MAX && RESERVED_MAX >= ACPI_MSI_MAX);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (server), cmocka_unit_test (gic_v2), cmocka_unit_test (versions), cmocka_unit_test (nothing),
        cmocka_unit_test (too_many),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
