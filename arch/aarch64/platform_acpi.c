/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as ACPI tables describe it. What kernel/acpi/ has found there is well-formed; here it becomes what the drivers want. */
#include <platform.h>

#include <acpi/acpi.h>
#include <base/macros.h>

/* Sizes of frames that the MADT does not tell: IHI 0069, 12.8; IHI 0048, 4.1, with GICC_DIR in the second page, and 5.2 */
#define GICD_V2_SIZE    UINT64_C (0x1000)
#define GICD_V3_SIZE    UINT64_C (0x10000)
#define GICC_SIZE       UINT64_C (0x2000)
#define GICH_SIZE       UINT64_C (0x1000)

static struct region region (paddr_t addr, uint64_t size) { return (struct region) { addr, addr ? size : 0 }; }

static struct region range (struct acpi_range r) { return (struct region) { r.start, r.end - r.start }; }

/* Before version 2 there was no end of interrupt in two steps. Where no version is told, redistributors tell it. */
static unsigned version (struct acpi_gic const *g)
{
    unsigned const told = g->version ? g->version : g->gicrs ? 3 : 2;

    return !g->gicd ? 0 : told >= 3 ? (g->gicrs ? 3 : 0) : told == 2 && g->gicc ? 2 : 0;
}

static void gic (struct platform *p, struct acpi_gic const *g)
{
    p->gic = version (g);

    if (!p->gic)
        return;

    p->gicd = region (g->gicd, p->gic == 3 ? GICD_V3_SIZE : GICD_V2_SIZE);
    p->gicc = region (g->gicc, GICC_SIZE);              /* with version 3 they are for guests of version 2          */
    p->gich = region (g->gich, GICH_SIZE);
    p->gicv = region (g->gicv, GICC_SIZE);

    for (p->gicrs = 0; p->gicrs < MIN (g->gicrs, (unsigned)GICR_REGIONS); p->gicrs++)
        p->gicr[p->gicrs] = range (g->gicr[p->gicrs]);

    for (p->msis = 0; p->msis < MIN (g->msis, (unsigned)RESERVED_MAX); p->msis++)
        p->msi[p->msis] = range (g->msi[p->msis]);
}

static void uart (struct platform *p, struct acpi const *a)
{
    static enum uart_kind const kind[] = {
        [ACPI_UART_16550] = UART_16550, [ACPI_UART_PL011] = UART_PL011, [ACPI_UART_SBSA] = UART_SBSA,
    };

    if (!a->uart.addr || a->uart.space != ACPI_GAS_MEMORY)
        return;

    p->uart        = kind[a->uart_kind];
    p->uart_regs   = region (a->uart.addr, PAGE_SIZE);
    p->uart_stride = (uint8_t)acpi_gas_stride (&a->uart);
    p->uart_width  = (uint8_t)acpi_gas_width (&a->uart);
}

void platform_acpi (struct platform *p, struct acpi const *a)
{
    gic (p, &a->gic);

    if (a->timer_el2)
        p->timer_ppi = a->timer_el2;

    p->psci = a->psci_hvc ? PSCI_HVC : a->psci ? PSCI_SMC : PSCI_NONE;

    for (p->cpus = 0; p->cpus < MIN (a->gic.cpus, (unsigned)CPU_MAX); p->cpus++)
        p->mpidr[p->cpus] = a->gic.mpidr[p->cpus];

    p->cpus_left = a->gic.cpus - p->cpus;

    uart (p, a);

    for (p->ecams = 0; p->ecams < MIN (a->ecams, (unsigned)ECAM_MAX); p->ecams++)
        p->ecam[p->ecams] = a->ecam[p->ecams];

    for (p->smmus = 0; p->smmus < MIN (a->protects, (unsigned)RESERVED_MAX); p->smmus++)
        p->smmu[p->smmus] = range (a->protect[p->smmus]);
}
