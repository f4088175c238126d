/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Shared by the table parsers in this directory, nobody else. Firmware is hostile: parsers see a table only through
 * acpi_read(), which copies from inside the mapped size or refuses. Numbers of sections: ACPI specification 6.5.
 */
#pragma once

#include <acpi/acpi.h>
#include <base/macros.h>
#include <window.h>

/* System description table header, 5.2.6 */
struct acpi_header {
    char        signature[4];
    uint32_t    length;                             /* of the whole table, bytes                                */
    uint8_t     revision, checksum;
    char        oem_id[6], oem_table_id[8];
    uint32_t    oem_revision, creator_id, creator_revision;
} PACKED;

STATIC_ASSERT (sizeof (struct acpi_header) == 36);

/* Generic Address Structure as tables hold it, 5.2.3.2 */
struct acpi_raw_gas {
    uint8_t     space, bits, offset, access;
    uint64_t    addr;
} PACKED;

STATIC_ASSERT (sizeof (struct acpi_raw_gas) == 12);

/* A table that is mapped, complete and has a good checksum. Valid until its window shows something else. */
struct acpi_table {
    char const *    name;                           /* signature as a string                                    */
    size_t          size;
    uint8_t const * data;
};

/* Where the RSDP says that the root tables are; 0 if there is none */
struct acpi_roots { paddr_t rsdp, rsdt, xsdt; };

/* Do all n bytes add up to 0 (modulo 256)? */
bool acpi_sum_zero (void const *data, size_t n);

/* Copies n bytes at offset off into dst. False, and dst untouched, when they are not all inside the table. */
bool acpi_read (struct acpi_table const *, size_t off, void *dst, size_t n) MUST_CHECK;

/* Checked form: addr is 0 unless the register is in memory or at a port below 64 Ki */
struct acpi_gas acpi_gas (struct acpi_raw_gas);

/* Entries that were left out, told in one line per reason however often it happens */
struct acpi_left { unsigned malformed, beyond; };

/*
 * Keeps registers of an IOMMU from everybody: pages from base on, size rounded up. Whoever names one that is there already changes
 * nothing. Then acpi_protect_tell().
 */
void acpi_protect (struct acpi *, struct acpi_left *, paddr_t base, uint64_t size);
void acpi_protect_tell (struct acpi_table const *, struct acpi_left const *);

/*
 * The two kinds of interrupt controllers in the MADT: what its header says of them, an entry at off, whose length is known to be inside
 * the table, and the end. Types of the other kind are passed over.
 */
struct madt_entry { uint8_t type, length; } PACKED;
struct madt_left { unsigned malformed, duplicate, cpus, ioapics, frames; };

void acpi_apic_begin (struct acpi *, struct madt_left *, uint32_t lapic, uint32_t flags);
/* Reads an entry of a size that is wanted there, 0: none is. False: it is not for the caller, or malformed, which is counted */
bool        acpi_madt_read (struct acpi_table const *, size_t off, struct madt_entry head, void *e, size_t size,
                            struct madt_left *) MUST_CHECK;

void acpi_apic_entry (struct acpi *, struct madt_left *, struct acpi_table const *, size_t off, struct madt_entry);
void acpi_gic_begin (struct acpi *);
void acpi_gic_entry (struct acpi *, struct madt_left *, struct acpi_table const *, size_t off, struct madt_entry);
void acpi_gic_end (struct acpi *, struct madt_left *);

/* Finds the RSDP, at the hint or by search; prints its line. False if there is none (after one line). */
bool acpi_rsdp (struct acpi_roots *out, paddr_t hint);

void acpi_gtdt (struct acpi *, struct acpi_table const *);
void acpi_iort (struct acpi *, struct acpi_table const *);
void acpi_madt (struct acpi *, struct acpi_table const *);
void acpi_fadt (struct acpi *, struct acpi_table const *);
void acpi_hpet (struct acpi *, struct acpi_table const *);
void acpi_spcr (struct acpi *, struct acpi_table const *);
void acpi_dbg2 (struct acpi *, struct acpi_table const *);
void acpi_mcfg (struct acpi *, struct acpi_table const *);
void acpi_dmar (struct acpi *, struct acpi_table const *);
void acpi_ivrs (struct acpi *, struct acpi_table const *);
