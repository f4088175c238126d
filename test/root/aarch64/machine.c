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

uint64_t machine_iommu (void)
{
    struct range r;

    if (dt_device ("arm,smmu-v3", 0, &r) || dt_device ("arm,mmu-500", 0, &r) || dt_device ("arm,smmu-v2", 0, &r))
        return r.start;

    return tables()->protects ? tables()->protect[0].start : 0;
}

/*
 * Registers of the bindings arm,gic-v3 (GICD, GICR) and arm,gic (GICD, GICC, GICH; GICV is for guests). The specification does not name the
 * ITS, but that writes to the memory that its registers name.
 */
bool machine_guarded (unsigned i, uint64_t *phys, char const **text)
{
    static struct { char const *binding; unsigned reg; char const *text; } const place[] = {
        { "arm,gic-v3", 0, "distributor of the GIC" }, { "arm,gic-v3", 1, "redistributors of the GIC" },
        { "arm,cortex-a15-gic", 0, "distributor of the GIC" }, { "arm,cortex-a15-gic", 1, "CPU interface of the GIC" },
        { "arm,cortex-a15-gic", 2, "virtual interface control of the GIC" }, { "arm,smmu-v3", 0, "SMMU" },
        { "arm,gic-v3-its", 0, "interrupt translation of the GIC" },
    };
    struct range r;

    for (size_t k = 0; k < sizeof (place) / sizeof (place[0]); k++)
        if (dt_device (place[k].binding, place[k].reg, &r) && !i--) {
            *phys = r.start;
            *text = place[k].text;
            return true;
        }

    struct acpi_gic const *const g = &tables()->gic;

    struct { uint64_t phys; char const *text; } const frame[] = {
        { g->gicd, place[0].text }, { g->gicrs ? g->gicr[0].start : 0, place[1].text }, { g->gicrs ? 0 : g->gicc, place[3].text },
        { g->gicrs ? 0 : g->gich, place[4].text }, { tables()->protects ? tables()->protect[0].start : 0, place[5].text },
        { g->msis ? g->msi[0].start : 0, place[6].text },
    };

    for (size_t k = 0; k < sizeof (frame) / sizeof (frame[0]); k++)
        if (frame[k].phys && !i--) {
            *phys = frame[k].phys;
            *text = frame[k].text;
            return true;
        }

    return false;
}

/* Each cacheability with the shareability that it goes with, then what is reserved */
bool mad_case (unsigned i, struct mad_case *c)
{
    static struct mad_case const list[] = {
        { MAD_DEV, true, "device" }, { MAD_DEV_E, true, "device, early acknowledgement" }, { MAD_DEV_RE, true, "device, and reordering" },
        { MAD_DEV_GRE, true, "device, and gathering" }, { MAD_MEM_NC | MAD_OUTER << MAD_SH_SHIFT, true, "memory, not cached" },
        { MAD_MEM_WT | MAD_INNER << MAD_SH_SHIFT, true, "memory, write-through" }, { MAD_RAM, true, "memory, write-back" },
        { MAD_MEM_WB | MAD_NONE << MAD_SH_SHIFT, true, "memory, not shared" },
        { 4, false, "cacheability 4: BAD_PAR" }, { MAD_MEM_WB | 1 << MAD_SH_SHIFT, false, "shareability 1: BAD_PAR" },
    };

    if (i >= sizeof (list) / sizeof (list[0]))
        return false;

    *c = list[i];

    return true;
}
