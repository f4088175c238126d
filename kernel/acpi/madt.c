/* SPDX-License-Identifier: GPL-2.0-only */
/* Multiple APIC Description Table, 5.2.12: the way through its entries, which are of two kinds of machines. */
#include <acpi/acpi_priv.h>

#include <console/console.h>

struct madt {
    struct acpi_header  header;
    uint32_t            lapic;
    uint32_t            flags;                      /* MADT_*, 5.2.12 "Multiple APIC Flags"                     */
} PACKED;

STATIC_ASSERT (sizeof (struct madt) == 44);

static void tell (struct madt_left const *left)
{
    if (left->malformed)
        print ("ACPI: APIC: %u malformed entries ignored", left->malformed);
    if (left->duplicate)
        print ("ACPI: APIC: %u duplicate entries ignored", left->duplicate);
    if (left->cpus)
        print ("ACPI: APIC: %u CPUs beyond %u ignored", left->cpus, ACPI_CPU_MAX);
    if (left->ioapics)
        print ("ACPI: APIC: %u I/O APICs beyond %u ignored", left->ioapics, ACPI_IOAPIC_MAX);
    if (left->frames)
        print ("ACPI: APIC: %u GIC frames beyond %u redistributors and %u others ignored", left->frames, ACPI_GICR_MAX, ACPI_MSI_MAX);
}

bool acpi_madt_read (struct acpi_table const *t, size_t off, struct madt_entry head, void *e, size_t size, struct madt_left *left)
{
    bool const whole = head.length >= size && acpi_read (t, off, e, size);

    left->malformed += size && !whole;

    return size && whole;
}

INDIRECT_TARGET void acpi_madt (struct acpi *out, struct acpi_table const *t)
{
    struct madt_left left = { 0 };
    struct madt madt;
    struct madt_entry head;

    if (!acpi_read (t, 0, &madt, sizeof madt))
        return;

    acpi_apic_begin (out, &left, madt.lapic, madt.flags);
    acpi_gic_begin (out);

    for (size_t off = sizeof madt; off < t->size; off += head.length) {

        if (!acpi_read (t, off, &head, sizeof head) || head.length < sizeof head || head.length > t->size - off) {
            print ("ACPI: APIC: damaged at offset %zu, the rest is ignored", off);
            break;
        }

        acpi_apic_entry (out, &left, t, off, head);
        acpi_gic_entry (out, &left, t, off, head);
    }

    acpi_gic_end (out, &left);
    tell (&left);
}
