/* SPDX-License-Identifier: GPL-2.0-only */
/* Generic Interrupt Controller in the MADT, 5.2.12.14 ... 5.2.12.18: processors, distributor, redistributors, message frames. */
#include <acpi/acpi_priv.h>

#define FRAME               UINT64_C (0x10000)      /* of redistributors and ITS: IHI 0069, 12.10, 12.18        */
#define MSI_SIZE            PAGE_SIZE               /* of GICv2m: Arm Base System Architecture, appendix E      */
#define MPIDR_AFFINITY      UINT64_C (0xff00ffffff)

struct madt_gicc {                                  /* 5.2.12.14; since ACPI 5.1, which has brought the MPIDR   */
    struct madt_entry   head;
    uint16_t            reserved;
    uint32_t            number, uid, flags, parking_version, performance;
    uint64_t            parked, base, gicv, gich;
    uint32_t            maintenance;
    uint64_t            gicr, mpidr;
} PACKED;

struct madt_gicd {                                  /* 5.2.12.15                                                */
    struct madt_entry   head;
    uint16_t            reserved;
    uint32_t            id;
    uint64_t            base;
    uint32_t            vectors;
    uint8_t             version, reserved2[3];
} PACKED;

struct madt_msi {                                   /* 5.2.12.16: GICv2m                                        */
    struct madt_entry   head;
    uint16_t            reserved;
    uint32_t            id;
    uint64_t            base;
    uint32_t            flags;
    uint16_t            spi_count, spi_base;
} PACKED;

struct madt_gicr {                                  /* 5.2.12.17: a range with any number of redistributors     */
    struct madt_entry   head;
    uint16_t            flags;
    uint64_t            base;
    uint32_t            length;
} PACKED;

struct madt_its {                                   /* 5.2.12.18                                                */
    struct madt_entry   head;
    uint16_t            reserved;
    uint32_t            id;
    uint64_t            base;
    uint32_t            reserved2;
} PACKED;

STATIC_ASSERT (sizeof (struct madt_gicc) == 76);
STATIC_ASSERT (sizeof (struct madt_gicd) == 24);
STATIC_ASSERT (sizeof (struct madt_msi) == 24);
STATIC_ASSERT (sizeof (struct madt_gicr) == 16);
STATIC_ASSERT (sizeof (struct madt_its) == 20);

enum { TYPE_GICC = 11, TYPE_GICD = 12, TYPE_MSI = 13, TYPE_GICR = 14, TYPE_ITS = 15 };

/* A processor that is only "online capable" (bit 3) does not run at boot. */
enum { GICC_ENABLED = 1U << 0 };

/* Redistributors that processors name. Firmware uses these or entries of type GICR, which win. Boot CPU, during one parse. */
static paddr_t redistributor[ACPI_CPU_MAX];
static bool ranges;                                 /* there was one of type GICR                               */

static bool add_range (struct acpi_range *set, unsigned *count, unsigned max, struct madt_left *left, paddr_t start, uint64_t size)
{
    if (!start || start & PAGE_MASK || !size || size & PAGE_MASK || start > UINT64_MAX - size) {
        left->malformed++;
        return false;
    }

    for (unsigned i = 0; i < *count; i++)
        if (start < set[i].end && set[i].start < start + size) {
            left->duplicate++;
            return false;
        }

    if (*count == max) {
        left->frames++;
        return false;
    }

    set[(*count)++] = (struct acpi_range){ .start = start, .end = start + size };
    return true;
}

static void add_cpu (struct acpi_gic *g, struct madt_left *left, struct madt_gicc const *e)
{
    if (!(e->flags & GICC_ENABLED))
        return;

    if (e->mpidr & ~MPIDR_AFFINITY || (e->base | e->gicv | e->gich | e->gicr) & PAGE_MASK) {
        left->malformed++;
        return;
    }

    for (unsigned i = 0; i < g->cpus; i++)
        if (g->mpidr[i] == e->mpidr) {
            left->duplicate++;
            return;
        }

    if (g->cpus == ACPI_CPU_MAX) {
        left->cpus++;
        return;
    }

    g->gicc = g->gicc ? g->gicc : e->base;          /* the same for all: each CPU sees its own there            */
    g->gicv = g->gicv ? g->gicv : e->gicv;
    g->gich = g->gich ? g->gich : e->gich;

    redistributor[g->cpus]  = e->gicr;
    g->mpidr[g->cpus++]     = e->mpidr;
}

static void set_gicd (struct acpi_gic *g, struct madt_left *left, struct madt_gicd const *e)
{
    if (!e->base || e->base & PAGE_MASK)
        left->malformed++;
    else if (g->gicd)
        left->duplicate++;
    else {
        g->gicd    = e->base;
        g->version = e->version;
    }
}

void acpi_gic_begin (struct acpi *out)
{
    out->gic = (struct acpi_gic){ .gicd = 0 };
    ranges   = false;
}

void acpi_gic_entry (struct acpi *out, struct madt_left *left, struct acpi_table const *t, size_t off, struct madt_entry head)
{
    struct acpi_gic *const g = &out->gic;

    union {
        struct madt_gicc    gicc;
        struct madt_gicd    gicd;
        struct madt_msi     msi;
        struct madt_gicr    gicr;
        struct madt_its     its;
    } e;

    size_t const size = head.type == TYPE_GICC ? sizeof e.gicc :
                        head.type == TYPE_GICD ? sizeof e.gicd :
                        head.type == TYPE_MSI  ? sizeof e.msi :
                        head.type == TYPE_GICR ? sizeof e.gicr :
                        head.type == TYPE_ITS  ? sizeof e.its : 0;

    if (!acpi_madt_read (t, off, head, &e, size, left))
        return;

    switch (head.type) {
        case TYPE_GICC: add_cpu (g, left, &e.gicc); break;
        case TYPE_GICD: set_gicd (g, left, &e.gicd); break;
        case TYPE_MSI:  add_range (g->msi, &g->msis, ACPI_MSI_MAX, left, e.msi.base, MSI_SIZE); break;
        case TYPE_ITS:  add_range (g->msi, &g->msis, ACPI_MSI_MAX, left, e.its.base, 2 * FRAME); break;
        case TYPE_GICR: ranges |= add_range (g->gicr, &g->gicrs, ACPI_GICR_MAX, left, e.gicr.base, e.gicr.length); break;
    }
}

/*
 * Redistributors side by side become one range. That is more than tidiness: GICR_TYPER.Last is set in the last one of a series without
 * gaps (IHI 0069, 12.11), so one range is one series. Since version 4 a redistributor has four frames instead of two.
 */
void acpi_gic_end (struct acpi *out, struct madt_left *left)
{
    struct acpi_gic *const g = &out->gic;
    uint64_t const size = (g->version >= 4 ? 4 : 2) * FRAME;

    for (unsigned i = 0; !ranges && i < g->cpus; i++) {

        paddr_t start = redistributor[i], end = start + size;

        if (!start)
            continue;

        if (end < start) {
            left->malformed++;
            continue;
        }

        for (unsigned k = g->gicrs; k--; )
            if (g->gicr[k].end == start || g->gicr[k].start == end) {
                start = MIN (start, g->gicr[k].start);
                end   = MAX (end, g->gicr[k].end);
                g->gicr[k] = g->gicr[--g->gicrs];
            }

        add_range (g->gicr, &g->gicrs, ACPI_GICR_MAX, left, start, end - start);
    }
}
