/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel learns of a machine from its device tree. */
#include <fdt.h>
#include <fdt_blob.h>
#include <platform.h>

static struct platform p;
static paddr_t memory_end[3];

static void root (void)
{
    blob_begin ("");
    blob_cells ("#address-cells", 1, 2);
    blob_cells ("#size-cells", 1, 2);
}

static void cpus (unsigned n, unsigned step, char const *method, size_t size)
{
    char name[16];

    blob_begin ("cpus");
    blob_cells ("#address-cells", 1, 1);
    blob_cells ("#size-cells", 1, 0);

    for (unsigned i = 0; i < n; i++) {
        snprintf (name, sizeof name, "cpu@%x", i * step);
        blob_begin (name);
        blob_string ("device_type", "cpu");
        blob_text ("enable-method", method, size);
        blob_cells ("reg", 1, i * step);
        blob_end();
    }

    blob_end();
}

static void read_tree (void)
{
    struct fdt f;

    blob_end();

    struct fdt_blob const b = blob_finish();

    p = (struct platform) { .timer_ppi = 26 };
    assert_true (fdt_open (&f, b.data, b.size));
    platform_fdt (&p, &f);
    memory_end[0] = platform_fdt_memory (&f, 0x5fffffff);
    memory_end[1] = platform_fdt_memory (&f, 0x8800000000);
    memory_end[2] = platform_fdt_memory (&f, 0x60000000);
    free (b.data);
}

static void gic_v3 (void **state UNUSED)
{
    root();
    cpus (3, 0x100, "psci", 5);
    blob_begin ("psci");
    blob_string ("compatible", "arm,psci-1.0\0arm,psci-0.2");
    blob_string ("method", "smc");
    blob_end();
    blob_begin ("intc@8000000");
    blob_string ("compatible", "arm,gic-v3");
    blob_cells ("#redistributor-regions", 1, 2);
    blob_cells ("reg", 12, 0, 0x8000000, 0, 0x10000, 0, 0x80a0000, 0, 0xf60000, 0x40, 0, 0, 0x4000000);
    blob_end();
    blob_begin ("timer");
    blob_string ("compatible", "arm,armv8-timer\0arm,armv7-timer");
    blob_cells ("interrupts", 12, 1, 13, 4, 1, 14, 4, 1, 11, 4, 1, 9, 4);
    blob_end();
    blob_begin ("smmu");
    blob_string ("compatible", "arm,smmu-v3");
    blob_cells ("reg", 4, 0, 0x9050000, 0, 0x20000);
    blob_end();
    blob_begin ("its@8080000");
    blob_string ("compatible", "arm,gic-v3-its");
    blob_cells ("reg", 4, 0, 0x8080000, 0, 0x20000);
    blob_end();
    blob_begin ("memory@40000000");
    blob_string ("device_type", "memory");
    blob_cells ("reg", 8, 0, 0x40000000, 0, 0x20000000, 0x88, 0, 0, 0x80000000);
    blob_end();
    blob_begin ("pcie@1");
    blob_string ("compatible", "pci-host-ecam-generic");
    blob_cells ("reg", 4, 0x40, 0x10000000, 0, 0x4000000);
    blob_cells ("bus-range", 2, 16, 255);
    blob_end();
    blob_begin ("pcie@2");
    blob_string ("compatible", "pci-host-ecam-generic");
    blob_cells ("reg", 4, 0x50, 0, 0, 0x10000000);
    blob_cells ("linux,pci-domain", 1, 7);
    blob_end();
    blob_begin ("uart@9000000");
    blob_string ("compatible", "arm,pl011\0arm,primecell");
    blob_cells ("reg", 4, 0, 0x9000000, 0, 0x1000);
    blob_end();
    blob_begin ("chosen");
    blob_string ("stdout-path", "/uart@9000000");
    blob_end();
    read_tree();

    assert_int_equal (p.gic, 3);
    assert_int_equal (p.gicd.addr, 0x8000000);
    assert_int_equal (p.gicrs, 2);
    assert_int_equal (p.gicr[0].size, 0xf60000);
    assert_int_equal (p.gicr[1].addr, 0x4000000000);
    assert_int_equal (p.timer_ppi, 25);
    assert_int_equal (p.psci, PSCI_SMC);
    assert_int_equal (p.cpus, 3);
    assert_int_equal (p.mpidr[2], 0x200);
    assert_int_equal (p.uart, UART_PL011);
    assert_int_equal (p.uart_regs.addr, 0x9000000);
    assert_int_equal (p.smmus, 1);
    assert_int_equal (p.smmu[0].size, 0x20000);
    assert_int_equal (p.msis, 1);
    assert_int_equal (p.msi[0].addr, 0x8080000);
    assert_int_equal (p.ecams, 2);
    assert_int_equal (p.ecam[0].base, 0x400f000000);
    assert_int_equal (p.ecam[0].segment, 0);
    assert_int_equal (p.ecam[0].first, 16);
    assert_int_equal (p.ecam[0].last, 79);              /* the window ends there                                    */
    assert_int_equal (p.ecam[1].segment, 7);
    assert_int_equal (p.ecam[1].last, 255);
    assert_int_equal (memory_end[0], 0x60000000);
    assert_int_equal (memory_end[1], 0x8880000000);
    assert_int_equal (memory_end[2], 0);
}

static void gic_v2 (void **state UNUSED)
{
    root();
    cpus (1, 1, "spin-table", 11);                      /* nobody that this kernel could start                      */
    blob_begin ("psci");
    blob_string ("compatible", "arm,psci-0.2");
    blob_string ("method", "hvc");
    blob_end();
    blob_begin ("intc@1");
    blob_string ("compatible", "arm,gic-v3");
    blob_string ("status", "disabled");
    blob_cells ("reg", 8, 0, 1, 0, 1, 0, 1, 0, 1);
    blob_end();
    blob_begin ("intc@2");
    blob_string ("compatible", "arm,gic-400\0arm,cortex-a15-gic");
    blob_cells ("reg", 16, 0, 0x8000000, 0, 0x1000, 0, 0x8010000, 0, 0x2000, 0, 0x8030000, 0, 0x2000, 0, 0x8040000, 0, 0x2000);
    blob_end();
    blob_begin ("serial");
    blob_string ("compatible", "snps,dw-apb-uart");
    blob_cells ("reg-shift", 1, 2);
    blob_cells ("reg", 4, 1, 0, 0, 0x100);
    blob_end();
    blob_begin ("chosen");
    blob_string ("stdout-path", "/serial:115200");
    blob_end();
    read_tree();

    assert_int_equal (p.gic, 2);
    assert_int_equal (p.gicc.addr, 0x8010000);
    assert_int_equal (p.gich.addr, 0x8030000);
    assert_int_equal (p.gicrs, 0);
    assert_int_equal (p.psci, PSCI_HVC);
    assert_int_equal (p.cpus, 0);
    assert_int_equal (p.timer_ppi, 26);                 /* none is named                                            */
    assert_int_equal (p.uart, UART_16550);
    assert_int_equal (p.uart_regs.addr, 0x100000000);
    assert_int_equal (p.uart_stride, 4);
    assert_int_equal (p.uart_width, 1);
}

/* PPIs of some CPUs: an interrupt has a fourth cell. Three of them have as many cells as four of the other kind. */
static void four_cells (void **state UNUSED)
{
    for (unsigned n = 3; n <= 4; n++) {

        root();
        blob_begin ("timer");
        blob_string ("compatible", "arm,armv8-timer");
        blob_cells ("interrupts", 4 * n, 1, 13, 4, 0, 1, 14, 4, 0, 1, 1, 4, 0, 1, 9, 4, 0);
        blob_end();
        blob_begin ("intc");
        blob_string ("compatible", "arm,gic-v3");
        blob_cells ("#interrupt-cells", 1, 4);
        blob_cells ("reg", 8, 0, 0, 0, 0x10000, 0, 0x10000, 0, 0x20000);
        blob_end();
        read_tree();

        assert_int_equal (p.timer_ppi, n == 4 ? 25 : 26);
    }
}

/* Frames of the GIC that are shorter than its registers: the kernel must not leave what it has mapped */
static void short_frames (void **state UNUSED)
{
    root();
    blob_begin ("intc");
    blob_string ("compatible", "arm,gic-v3");
    blob_cells ("reg", 8, 0, 0x8000000, 0, 0x1000, 0, 0x80a0000, 0, 0x20000);
    blob_end();
    read_tree();

    assert_int_equal (p.gic, 3);
    assert_int_equal (p.gicd.size, 0x10000);

    root();
    blob_begin ("intc");
    blob_string ("compatible", "arm,cortex-a15-gic");
    blob_cells ("reg", 8, 0, 0x8000000, 0, 0, 0, 0x8010000, 0, 0x1000);
    blob_end();
    read_tree();

    assert_int_equal (p.gic, 2);
    assert_int_equal (p.gicd.size, 0x1000);
    assert_int_equal (p.gicc.size, 0x2000);
}

/* More of everything than there is room for, and CPUs that are named twice */
static void too_many (void **state UNUSED)
{
    root();
    cpus (CPU_MAX + 5, 1, "psci", 5);
    cpus (2, 1, "psci", 5);
    for (unsigned i = 0; i < RESERVED_MAX + 1; i++) {
        blob_begin ("smmu");
        blob_string ("compatible", "arm,smmu-v3");
        blob_cells ("reg", 4, 0, i << 16, 0, 0x10000);
        blob_end();
    }
    blob_begin ("smmu");
    blob_string ("compatible", "nvidia,tegra194-smmu\0nvidia,smmu-500");
    blob_cells ("reg", 8, 1, 0, 0, 0x10000, 2, 0, 0, 0x10000);
    blob_end();
    blob_begin ("intc");
    blob_string ("compatible", "arm,gic-v3");
    blob_cells ("#redistributor-regions", 1, 0x10000);
    blob_cells ("reg", 8, 0, 0, 0, 0x10000, 0, 0x10000, 0, 0x10000);
    blob_end();
    read_tree();

    assert_int_equal (p.cpus, CPU_MAX);
    assert_int_equal (p.cpus_left, 5);
    assert_int_equal (p.smmus, RESERVED_MAX);
    assert_int_equal (p.reserved_left, 3);
    assert_int_equal (p.gicrs, 1);
}

/* What lies highest: memory, registers; not a window of PCI, and not what is disabled */
static void extent (void **state UNUSED)
{
    root();
    cpus (1, 1, "psci", 5);
    blob_begin ("memory");
    blob_string ("device_type", "memory");
    blob_cells ("reg", 4, 0, 0x40000000, 0x10, 0);
    blob_end();
    read_tree();
    assert_int_equal (p.end, 0x1040000000);

    root();
    blob_begin ("memory");
    blob_string ("device_type", "memory");
    blob_cells ("reg", 4, 0, 0x40000000, 0x10, 0);
    blob_end();
    blob_begin ("secram");
    blob_string ("device_type", "memory");
    blob_string ("status", "disabled");
    blob_cells ("reg", 4, 0x1000, 0, 0x10, 0);
    blob_end();
    blob_begin ("pcie");
    blob_string ("device_type", "pci");
    blob_cells ("reg", 4, 0x40, 0x10000000, 0, 0x10000000);
    blob_cells ("ranges", 21, 0x1000000, 0, 0, 0, 0x3eff0000, 0, 0x10000, 0x2000000, 0, 0x10000000, 0, 0x10000000, 0, 0x2eff0000,
                0x3000000, 0x80, 0, 0x80, 0, 0x80, 0);
    blob_end();
    read_tree();
    assert_int_equal (p.end, 0x4020000000);

    root();
    blob_begin ("device");
    blob_cells ("reg", 4, 0x1000, 0, 0, 0x1000);
    blob_end();
    read_tree();
    assert_int_equal (p.end, 0x100000001000);
}

/* Nothing usable: no GIC without redistributors, no timer of another kind, no UART without an address */
static void nothing (void **state UNUSED)
{
    root();
    blob_begin ("intc");
    blob_string ("compatible", "arm,gic-v3");
    blob_cells ("reg", 4, 0, 0x8000000, 0, 0x10000);
    blob_end();
    blob_begin ("timer");
    blob_string ("compatible", "arm,armv8-timer");
    blob_cells ("interrupts", 12, 1, 13, 4, 1, 14, 4, 1, 11, 4, 0, 10, 4);
    blob_end();
    blob_begin ("uart");
    blob_string ("compatible", "arm,pl011");
    blob_end();
    blob_begin ("chosen");
    blob_string ("stdout-path", "/uart");
    blob_end();
    read_tree();

    assert_int_equal (p.gic, 0);
    assert_int_equal (p.timer_ppi, 26);
    assert_int_equal (p.uart, UART_NONE);
    assert_int_equal (p.psci, PSCI_NONE);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (gic_v3), cmocka_unit_test (gic_v2), cmocka_unit_test (four_cells),
        cmocka_unit_test (short_frames), cmocka_unit_test (too_many), cmocka_unit_test (nothing), cmocka_unit_test (extent),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
