/* SPDX-License-Identifier: GPL-2.0-only */
/* Generic Timer Description Table, 5.2.25. */
#include <acpi/acpi_priv.h>

#include <console/console.h>

enum { PPI_BASE = 16, PPI_END = 32 };               /* private peripheral interrupts: IHI 0069, 2.2             */

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

    if (!acpi_read (t, 0, &g, sizeof g) || !g.el2.interrupt)
        return;

    if (g.el2.interrupt >= PPI_BASE && g.el2.interrupt < PPI_END)
        out->timer_el2 = g.el2.interrupt;
    else
        print ("ACPI: GTDT: the hypervisor's timer has interrupt %u, which is not private to a CPU, ignored", g.el2.interrupt);
}
