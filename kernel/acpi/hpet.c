/* SPDX-License-Identifier: GPL-2.0-only */
/* HPET Description Table: IA-PC HPET specification 1.0a, 3.2.4. */
#include <acpi/acpi_priv.h>

#include <console/console.h>

#define HPET_BLOCK      KIB                         /* registers and their alignment, 2.3.1                     */

struct hpet {
    struct acpi_header  header;
    uint32_t            block_id;
    struct acpi_raw_gas base;
} PACKED;

STATIC_ASSERT (sizeof (struct hpet) == 52);

INDIRECT_TARGET void acpi_hpet (struct acpi *out, struct acpi_table const *t)
{
    struct hpet h;

    if (!acpi_read (t, 0, &h, sizeof h))
        return;

    if (h.base.space != ACPI_GAS_MEMORY || !h.base.addr || h.base.addr & (HPET_BLOCK - 1)) {
        print ("ACPI: HPET: bad base address 0x%lx in space %u, ignored", h.base.addr, h.base.space);
        return;
    }

    out->hpet = h.base.addr;
}
