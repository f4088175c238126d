/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the machine as firmware tells them: DSP0134, System Management BIOS reference specification 3.6. Nothing there is trusted:
 * structures and strings end where the table does, at the latest.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SMBIOS_FIRMWARE = 0, SMBIOS_SYSTEM = 1, SMBIOS_BOARD = 2, SMBIOS_CHASSIS = 3, SMBIOS_CPU = 4 };

/* The table: structures one behind the other. data null: there is none */
struct smbios { uint8_t const *data; size_t size; };

/* Entry point of 32 (5.2.1) or 64 bits (5.2.2), of which size bytes can be read. False: it is none, or its checksum is wrong. */
bool smbios_entry (uint8_t const *entry, size_t size, uint64_t *table, uint32_t *length);

/* The string whose number is at this offset of the first structure of a type, printable characters only. "": there is none. Returns buf. */
char const *smbios_string (struct smbios const *, unsigned type, unsigned offset, char *buf, size_t size);

/* A field of that structure, little-endian, of up to 4 bytes. False: it is not there. */
bool smbios_field (struct smbios const *, unsigned type, unsigned offset, unsigned bytes, uint32_t *value);
