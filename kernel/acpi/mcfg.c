/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory-mapped configuration space of PCI: PCI Firmware specification 3.3, 4.1.2. */
#include <acpi/acpi_priv.h>

#include <console/console.h>

#define MCFG_START      44                          /* of the entries: 8 reserved bytes follow the header       */
#define BUS_BITS        20                          /* configuration space of a bus is 1 MiB                    */

struct mcfg_entry {                                 /* table 4-3                                                */
    uint64_t    base;                               /* of bus 0, even where the first bus is another one        */
    uint16_t    segment;
    uint8_t     first, last;
    uint32_t    reserved;
} PACKED;

STATIC_ASSERT (sizeof (struct mcfg_entry) == 16);

INDIRECT_TARGET void acpi_mcfg (struct acpi *out, struct acpi_table const *t)
{
    struct mcfg_entry e;
    unsigned malformed = 0, beyond = 0;

    for (size_t off = MCFG_START; acpi_read (t, off, &e, sizeof e); off += sizeof e) {

        if (!e.base || e.base & (BIT (BUS_BITS) - 1) || e.first > e.last || e.base > UINT64_MAX - (UINT64_C (256) << BUS_BITS))
            malformed++;
        else if (out->ecams == ACPI_ECAM_MAX)
            beyond++;
        else {
            out->ecam[out->ecams].base    = e.base;
            out->ecam[out->ecams].segment = e.segment;
            out->ecam[out->ecams].first   = e.first;
            out->ecam[out->ecams].last    = e.last;
            out->ecams++;
        }
    }

    if (malformed)
        print ("ACPI: %s: %u malformed entries ignored", t->name, malformed);
    if (beyond)
        print ("ACPI: %s: %u entries beyond %u ignored", t->name, beyond, ACPI_ECAM_MAX);
}
