/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names of the machine as firmware tells them: DSP0134, System Management BIOS reference specification 3.6. Nothing there is trusted:
 * structures and strings end where the table does, at the latest. The runtime in user/ has this reader, too, for machines with a BIOS.
 */
#pragma once

#include <base/types.h>

struct record_board;

#define SMBIOS_ENTRY_MAX    32                          /* bytes that an entry point may have, at most              */
#define SMBIOS_TABLE_MAX    (UINT64_C (1) * MIB)        /* what is read of a table, at most                         */

/* Entry point of 32 (5.2.1) or 64 bits (5.2.2), of which size bytes can be read. False: it is none, or its checksum is wrong. */
bool smbios_entry (uint8_t const *entry, size_t size, paddr_t *table, uint32_t *length);

/* What a table says, by the first structure of each type; what it does not say stays as it is. The head of the record is the caller's. */
void smbios_board (struct record_board *, uint8_t const *table, size_t size);
