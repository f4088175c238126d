/* SPDX-License-Identifier: GPL-2.0-only */
/* Local and I/O APICs in the MADT, 5.2.12: processors, I/O APICs, interrupt source overrides. */
#include <acpi/acpi_priv.h>

#define LAPIC_DEFAULT       0xfee00000              /* SDM vol. 3, "The Local APIC Block Diagram"               */
#define ISA_IRQS            16

struct madt_lapic {                                 /* 5.2.12.2                                                 */
    struct madt_entry   head;
    uint8_t             uid, id;
    uint32_t            flags;                      /* LAPIC_*                                                  */
} PACKED;

struct madt_ioapic {                                /* 5.2.12.3                                                 */
    struct madt_entry   head;
    uint8_t             id, reserved;
    uint32_t            addr, gsi;
} PACKED;

struct madt_override {                              /* 5.2.12.5                                                 */
    struct madt_entry   head;
    uint8_t             bus, irq;                   /* bus 0: ISA                                               */
    uint32_t            gsi;
    uint16_t            flags;                      /* polarity and trigger mode, "MPS INTI Flags"              */
} PACKED;

struct madt_lapic_addr {                            /* 5.2.12.8                                                 */
    struct madt_entry   head;
    uint16_t            reserved;
    uint64_t            addr;
} PACKED;

struct madt_x2apic {                                /* 5.2.12.12                                                */
    struct madt_entry   head;
    uint16_t            reserved;
    uint32_t            id, flags, uid;
} PACKED;

STATIC_ASSERT (sizeof (struct madt_lapic) == 8);
STATIC_ASSERT (sizeof (struct madt_ioapic) == 12);
STATIC_ASSERT (sizeof (struct madt_override) == 10);
STATIC_ASSERT (sizeof (struct madt_lapic_addr) == 12);
STATIC_ASSERT (sizeof (struct madt_x2apic) == 16);
STATIC_ASSERT (ISA_IRQS <= ACPI_OVERRIDE_MAX);      /* one for each is the most that there can be              */

enum { MADT_PCAT_COMPAT = 1U << 0 };

/* 5.2.12.2 "Local APIC Flags". A processor that is only "online capable" (bit 1) does not run at boot. */
enum { LAPIC_ENABLED = 1U << 0 };

enum { TYPE_LAPIC = 0, TYPE_IOAPIC = 1, TYPE_OVERRIDE = 2, TYPE_LAPIC_ADDR = 5, TYPE_X2APIC = 9 };

static void add_cpu (struct acpi *out, struct madt_left *left, uint32_t id, uint32_t flags, uint32_t broadcast)
{
    if (!(flags & LAPIC_ENABLED))
        return;

    if (id == broadcast) {
        left->malformed++;
        return;
    }

    for (unsigned i = 0; i < out->cpus; i++)
        if (out->apic_id[i] == id) {
            left->duplicate++;
            return;
        }

    if (out->cpus == ACPI_CPU_MAX)
        left->cpus++;
    else
        out->apic_id[out->cpus++] = id;
}

static void add_ioapic (struct acpi *out, struct madt_left *left, struct madt_ioapic const *e)
{
    if (!e->addr || e->addr & 0xf) {                /* 16-byte grid: index and data registers, 82093AA 3.1      */
        left->malformed++;
        return;
    }

    for (unsigned i = 0; i < out->ioapics; i++)
        if (out->ioapic[i].addr == e->addr) {
            left->duplicate++;
            return;
        }

    if (out->ioapics == ACPI_IOAPIC_MAX) {
        left->ioapics++;
        return;
    }

    out->ioapic[out->ioapics].addr = e->addr;
    out->ioapic[out->ioapics].gsi  = e->gsi;
    out->ioapic[out->ioapics++].id = e->id;
}

static void add_override (struct acpi *out, struct madt_left *left, struct madt_override const *e)
{
    if (e->bus || e->irq >= ISA_IRQS) {
        left->malformed++;
        return;
    }

    for (unsigned i = 0; i < out->overrides; i++)
        if (out->override[i].irq == e->irq) {
            left->duplicate++;
            return;
        }

    out->override[out->overrides].irq     = e->irq;
    out->override[out->overrides].gsi     = e->gsi;
    out->override[out->overrides++].flags = e->flags;
}

static void set_lapic (struct acpi *out, struct madt_left *left, uint64_t addr)
{
    if (!addr || addr & PAGE_MASK)
        left->malformed++;
    else
        out->lapic = addr;
}

void acpi_apic_begin (struct acpi *out, struct madt_left *left, uint32_t lapic, uint32_t flags)
{
    out->pic   = flags & MADT_PCAT_COMPAT;
    out->lapic = 0;

    if (lapic) {                                    /* 0: the machine has another kind of interrupt controller  */
        out->lapic = LAPIC_DEFAULT;
        set_lapic (out, left, lapic);
    }
}

void acpi_apic_entry (struct acpi *out, struct madt_left *left, struct acpi_table const *t, size_t off, struct madt_entry head)
{
    union {
        struct madt_lapic       lapic;
        struct madt_ioapic      ioapic;
        struct madt_override    override;
        struct madt_lapic_addr  lapic_addr;
        struct madt_x2apic      x2apic;
    } e;

    size_t const size = head.type == TYPE_LAPIC      ? sizeof e.lapic :
                        head.type == TYPE_IOAPIC     ? sizeof e.ioapic :
                        head.type == TYPE_OVERRIDE   ? sizeof e.override :
                        head.type == TYPE_LAPIC_ADDR ? sizeof e.lapic_addr :
                        head.type == TYPE_X2APIC     ? sizeof e.x2apic : 0;

    if (!acpi_madt_read (t, off, head, &e, size, left))
        return;

    switch (head.type) {
        case TYPE_LAPIC:        add_cpu (out, left, e.lapic.id, e.lapic.flags, UINT8_MAX); break;
        case TYPE_IOAPIC:       add_ioapic (out, left, &e.ioapic); break;
        case TYPE_OVERRIDE:     add_override (out, left, &e.override); break;
        case TYPE_LAPIC_ADDR:   set_lapic (out, left, e.lapic_addr.addr); break;
        case TYPE_X2APIC:       add_cpu (out, left, e.x2apic.id, e.x2apic.flags, UINT32_MAX); break;
    }
}
