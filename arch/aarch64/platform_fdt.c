/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as a device tree describes it. Bindings: Linux, Documentation/devicetree/bindings. */
#include <platform.h>

#include <base/macros.h>
#include <fdt.h>

#define PPI_BASE        16                              /* interrupt IDs of private peripheral interrupts           */
#define PPI_COUNT       16

/* Frames have these sizes, whatever a tree says: IHI 0048, 4.1, IHI 0069, 12.8. Old trees leave the page with GICC_DIR out. */
#define GICD_V2_SIZE    UINT64_C (0x1000)
#define GICD_V3_SIZE    UINT64_C (0x10000)
#define GICC_SIZE       UINT64_C (0x2000)

static bool region (struct fdt_walk const *w, unsigned n, struct region *r) { return fdt_reg (w, n, &r->addr, &r->size); }

/* interrupt-controller/arm,gic.yaml: distributor, CPU interface, then, for virtualization, control and virtual CPU interface */
static void gic_v2 (struct platform *p, struct fdt_walk const *w)
{
    if (region (w, 0, &p->gicd) && region (w, 1, &p->gicc)) {
        p->gic = 2;
        p->gicd.size = MAX (p->gicd.size, GICD_V2_SIZE);
        p->gicc.size = MAX (p->gicc.size, GICC_SIZE);
        region (w, 2, &p->gich);
        region (w, 3, &p->gicv);
    }
}

/* interrupt-controller/arm,gic-v3.yaml: distributor, regions of redistributors, then what GICv2 guests use */
static void gic_v3 (struct platform *p, struct fdt_walk const *w)
{
    struct fdt_prop const count = fdt_prop (w, "#redistributor-regions");
    unsigned const regions = count.data ? fdt_cell (count, 0) : 1;

    if (!region (w, 0, &p->gicd))
        return;

    p->gicd.size = MAX (p->gicd.size, GICD_V3_SIZE);

    while (p->gicrs < MIN (regions, (unsigned)GICR_REGIONS) && region (w, 1 + p->gicrs, &p->gicr[p->gicrs]))
        p->gicrs++;

    if (p->gicrs)
        p->gic = 3;
}

/* How many cells an interrupt has: type, number, trigger; of GICv3 where PPIs differ between CPUs, which CPUs */
static unsigned interrupt_cells (struct fdt const *f)
{
    struct fdt_walk w;

    for (fdt_walk (&w, f); fdt_next (&w); )
        if (fdt_compatible (&w, "arm,gic-v3") && fdt_enabled (&w) && fdt_cell (fdt_prop (&w, "#interrupt-cells"), 0) == 4)
            return 4;

    return 3;
}

/* timer/arm,arch_timer.yaml: secure, non-secure, virtual, hypervisor; type 1 is PPI */
static void timer (struct platform *p, struct fdt_walk const *w, unsigned cells)
{
    struct fdt_prop const i = fdt_prop (w, "interrupts");
    unsigned const at = 3 * cells;

    if (i.size >= 4 * 4 * cells && fdt_cell (i, at) == 1 && fdt_cell (i, at + 1) < PPI_COUNT)
        p->timer_ppi = PPI_BASE + fdt_cell (i, at + 1);
}

/* arm/psci.yaml */
static void psci (struct platform *p, struct fdt_walk const *w)
{
    struct fdt_prop const method = fdt_prop (w, "method");

    p->psci = fdt_string (method, "smc") ? PSCI_SMC : fdt_string (method, "hvc") ? PSCI_HVC : PSCI_NONE;
}

/* arm/cpus.yaml: one or two cells. Two CPUs with one number are one. */
static void cpu (struct platform *p, struct fdt_walk const *w)
{
    struct fdt_prop const reg = fdt_prop (w, "reg");
    uint64_t const mpidr = fdt_value (reg) & MPIDR_AFFINITY;

    if ((reg.size != 4 && reg.size != 8) || !fdt_string (fdt_prop (w, "enable-method"), "psci"))
        return;

    for (unsigned i = 0; i < p->cpus; i++)
        if (p->mpidr[i] == mpidr)
            return;

    if (p->cpus == CPU_MAX)
        p->cpus_left++;
    else
        p->mpidr[p->cpus++] = mpidr;
}

static void uart (struct platform *p, struct fdt_walk const *w)
{
    struct fdt_prop const shift = fdt_prop (w, "reg-shift"), width = fdt_prop (w, "reg-io-width");

    enum uart_kind const kind = fdt_compatible (w, "arm,pl011") ? UART_PL011 : fdt_compatible (w, "arm,sbsa-uart") ? UART_SBSA :
                                fdt_compatible (w, "ns16550a") || fdt_compatible (w, "ns16550") ||
                                fdt_compatible (w, "snps,dw-apb-uart") ? UART_16550 : UART_NONE;

    if (kind == UART_NONE || !region (w, 0, &p->uart_regs))
        return;

    unsigned const access = width.data ? MIN (fdt_cell (width, 0), 4U) : 1, stride = 1U << MIN (fdt_cell (shift, 0), 2U);

    p->uart        = kind;
    p->uart_width  = (uint8_t)access;
    p->uart_stride = (uint8_t)MAX (stride, access);
}

/* pci/host-generic-pci.yaml. The window begins with the first bus; segments are numbered if nobody does that. */
static void pci (struct platform *p, struct fdt_walk const *w)
{
    struct fdt_prop const buses = fdt_prop (w, "bus-range"), domain = fdt_prop (w, "linux,pci-domain");
    unsigned const first = fdt_cell (buses, 0), last = buses.size == 8 ? fdt_cell (buses, 1) : 255;
    struct region r;

    if (p->ecams == ECAM_MAX || first > last || last > 255 || !region (w, 0, &r) || r.addr % MIB || r.addr < first * MIB || r.size < MIB)
        return;

    p->ecam[p->ecams] = (struct pci_ecam) {
        .base    = r.addr - first * MIB,
        .segment = (uint16_t)(domain.data ? fdt_cell (domain, 0) : p->ecams),
        .first   = (uint8_t)first,
        .last    = (uint8_t)MIN (last, first + r.size / MIB - 1),
    };

    p->ecams++;
}

static void reach (struct platform *p, paddr_t addr, uint64_t size)
{
    if (size && addr + size - 1 >= addr)
        p->end = MAX (p->end, addr + size - 1 < ~UINT64_C (0) ? addr + size : addr + size - 1);
}

/* What lies at the highest address: memory, registers. Windows of PCI may be huge and hold nothing: they are not meant. */
static void extent (struct platform *p, struct fdt_walk const *w)
{
    struct region r;

    for (unsigned n = 0; region (w, n, &r); n++)
        reach (p, r.addr, r.size);
}

/* iommu/arm,smmu.yaml, iommu/arm,smmu-v3.yaml */
static bool is_smmu (struct fdt_walk const *w)
{
    static char const names[][16] = {
        "arm,smmu-v3", "arm,mmu-500", "arm,mmu-401", "arm,mmu-400", "arm,smmu-v2", "arm,smmu-v1",
        "cavium,smmu-v2", "nvidia,smmu-500", "qcom,smmu-v2",
    };

    for (unsigned i = 0; i < ARRAY_SIZE (names); i++)
        if (fdt_compatible (w, names[i]))
            return true;

    return false;
}

/* All regions: NVIDIA's SMMU is several that are programmed alike */
static void reserve (struct platform *p, struct region *set, unsigned *count, struct fdt_walk const *w)
{
    struct region r;

    for (unsigned n = 0; region (w, n, &r); n++)
        if (*count < RESERVED_MAX)
            set[(*count)++] = r;
        else
            p->reserved_left++;
}

/* Memory of the secure world is disabled for us */
paddr_t platform_fdt_memory (struct fdt const *f, paddr_t addr)
{
    struct fdt_walk w;
    struct region r;

    for (fdt_walk (&w, f); fdt_next (&w); )
        if (fdt_string (fdt_prop (&w, "device_type"), "memory") && fdt_enabled (&w))
            for (unsigned n = 0; region (&w, n, &r); n++)
                if (addr >= r.addr && addr - r.addr < r.size)
                    return r.addr + r.size;

    return 0;
}

void platform_fdt (struct platform *p, struct fdt const *f)
{
    struct fdt_walk w;

    for (fdt_walk (&w, f); fdt_next (&w); ) {

        if (fdt_string (fdt_prop (&w, "device_type"), "cpu")) {
            cpu (p, &w);
            continue;
        }

        if (!fdt_enabled (&w))
            continue;

        extent (p, &w);

        if (!p->gic && (fdt_compatible (&w, "arm,gic-400") || fdt_compatible (&w, "arm,cortex-a15-gic")))
            gic_v2 (p, &w);
        else if (!p->gic && fdt_compatible (&w, "arm,gic-v3"))
            gic_v3 (p, &w);
        else if (fdt_compatible (&w, "arm,armv8-timer"))
            timer (p, &w, interrupt_cells (f));
        else if (fdt_compatible (&w, "arm,psci-0.2") || fdt_compatible (&w, "arm,psci-1.0"))
            psci (p, &w);
        else if (fdt_compatible (&w, "pci-host-ecam-generic"))
            pci (p, &w);
        else if (is_smmu (&w))
            reserve (p, p->smmu, &p->smmus, &w);
        else if (fdt_compatible (&w, "arm,gic-v3-its") || fdt_compatible (&w, "arm,gic-v2m-frame"))
            reserve (p, p->msi, &p->msis, &w);
    }

    if (fdt_find (&w, f, "/chosen")) {

        struct fdt_prop const path = fdt_prop (&w, "stdout-path");

        if (path.size && !((char const *)path.data)[path.size - 1] && fdt_find (&w, f, path.data) && fdt_enabled (&w))
            uart (p, &w);
    }
}
