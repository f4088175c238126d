/* SPDX-License-Identifier: GPL-2.0-only */
/* Generic Timer Description Table, 5.2.25. */
#include <acpi/acpi_priv.h>

struct gtdt {
    struct acpi_header  header;
    uint64_t            counter;                    /* CntControlBase                                           */
    uint32_t            reserved;
    struct { uint32_t interrupt, flags; } secure_el1, el1, virtual, el2;
} PACKED;

STATIC_ASSERT (sizeof (struct gtdt) == 80);

INDIRECT_TARGET void acpi_gtdt (struct acpi *out, struct acpi_table const *t)
{
    struct gtdt g;

    if (acpi_read (t, 0, &g, sizeof g))
        out->timer_el2 = g.el2.interrupt;
}
