/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of register frames of IOMMUs, which several tables name. */
#include <acpi/acpi_priv.h>

#include <console/console.h>

void acpi_protect (struct acpi *out, struct acpi_left *left, paddr_t base, uint64_t size)
{
    if (!base || base & PAGE_MASK || !size || size > UINT64_MAX - PAGE_MASK || base > UINT64_MAX - align_up (size, PAGE_SIZE)) {
        left->malformed++;
        return;
    }

    paddr_t const end = base + align_up (size, PAGE_SIZE);

    for (unsigned i = 0; i < out->protects; i++)
        if (out->protect[i].start == base && out->protect[i].end == end)
            return;                                 /* one IOMMU may appear as several types of IVHD            */

    if (out->protects == ACPI_PROTECT_MAX)
        left->beyond++;
    else
        out->protect[out->protects++] = (struct acpi_range){ .start = base, .end = end };
}

void acpi_protect_tell (struct acpi_table const *t, struct acpi_left const *left)
{
    if (left->malformed)
        print ("ACPI: %s: %u malformed units ignored", t->name, left->malformed);
    if (left->beyond)
        print ("ACPI: %s: %u units beyond %u are not protected", t->name, left->beyond, ACPI_PROTECT_MAX);
}
