/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * I/O APICs (Intel 82093AA datasheet). A pin is named by its global system interrupt number (ACPI 6.5, 5.2.13), counted
 * over all I/O APICs. Pins that no I/O APIC serves can be named, too, and ignore everything.
 */
#pragma once

#include <base/types.h>

struct acpi;

#define IOAPIC_DEST_MAX 0xfe                            /* higher APIC IDs do not fit an entry; 0xff: everyone  */

/* Boot CPU, once mmio_map() works. Masks every pin. Prints one line for each I/O APIC. */
void ioapic_init (struct acpi const *);

/* One more than the highest pin, at most VEC_GSI_COUNT; 0 without I/O APIC */
unsigned ioapic_pins (void);

/* Any CPU. The pin stays masked while its entry changes. apic_id is at most IOAPIC_DEST_MAX, gsi below ioapic_pins(). */
void ioapic_configure (unsigned gsi, uint32_t apic_id, uint8_t vector, bool masked, bool level, bool low);
void ioapic_mask (unsigned gsi);
void ioapic_unmask (unsigned gsi);
