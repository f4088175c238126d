/* SPDX-License-Identifier: GPL-2.0-only */
/* Interrupt controllers and SMMUs of the machine: by their bindings in the devicetree, or by ACPI tables. */
#include <abi/mad_arch.h>
#include <devicetree.h>
#include <machine.h>
#include <stddef.h>
#include <tables.h>

void machine_init (void) {}

/* A kernel that has a CPU at EL2 can run guests */
bool machine_virt (void) { return true; }

bool machine_cos (void) { return false; }

/* A region of a device by its binding, or what is known without one */
static uint64_t place (char const *binding, unsigned reg, uint64_t other)
{
    struct range r;

    return dt_device (binding, reg, &r) ? r.start : other;
}

uint64_t machine_iommu (void)
{
    return place ("arm,smmu-v3", 0, place ("arm,mmu-500", 0, place ("arm,smmu-v2", 0, tables()->protect[0].start)));
}

/*
 * Registers of the bindings arm,gic-v3 (GICD, GICR) and arm,gic (GICD, GICC, GICH; GICV is for guests). The specification does not name the
 * ITS, but that writes to the memory that its registers name.
 */
struct machine_place machine_guarded (unsigned i)
{
    struct acpi_gic const *const g = &tables()->gic;

    struct machine_place const list[] = {
        { place ("arm,gic-v3", 0, place ("arm,cortex-a15-gic", 0, g->gicd)), "distributor of the GIC" },
        { place ("arm,gic-v3", 1, g->gicr[0].start), "redistributors of the GIC" },
        { place ("arm,cortex-a15-gic", 1, g->gicrs ? 0 : g->gicc), "CPU interface of the GIC" },
        { place ("arm,cortex-a15-gic", 2, g->gicrs ? 0 : g->gich), "virtual interface control of the GIC" },
        { machine_iommu(), "SMMU" }, { place ("arm,gic-v3-its", 0, g->msi[0].start), "interrupt translation of the GIC" },
    };

    return i < sizeof (list) / sizeof (list[0]) ? list[i] : (struct machine_place) { 0, NULL };
}

/* Each cacheability with the shareability that it goes with, then what is reserved */
struct mad_case mad_case (unsigned i)
{
    static struct mad_case const list[] = {
        { MAD_DEV, true, "device" }, { MAD_DEV_E, true, "device, early acknowledgement" }, { MAD_DEV_RE, true, "device, and reordering" },
        { MAD_DEV_GRE, true, "device, and gathering" }, { MAD_MEM_NC | MAD_OUTER << MAD_SH_SHIFT, true, "memory, not cached" },
        { MAD_MEM_WT | MAD_INNER << MAD_SH_SHIFT, true, "memory, write-through" }, { MAD_RAM, true, "memory, write-back" },
        { MAD_MEM_WB | MAD_NONE << MAD_SH_SHIFT, true, "memory, not shared" },
        { 4, false, "cacheability 4: BAD_PAR" }, { MAD_MEM_WB | 1 << MAD_SH_SHIFT, false, "shareability 1: BAD_PAR" },
    };

    return i < sizeof (list) / sizeof (list[0]) ? list[i] : (struct mad_case) { 0, false, NULL };
}
