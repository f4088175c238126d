/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Records of facts: what registers say is the architecture's. The tables of SMBIOS are those that UEFI names; what a BIOS leaves, user
 * space finds by itself.
 */
#include <facts.h>

#include <acpi_arch.h>
#include <base/macros.h>
#include <boot_info.h>
#include <console/console.h>
#include <record.h>
#include <smbios.h>
#include <string.h>
#include <uefi.h>
#include <window.h>

#define BIOS_START  0xe0000                             /* PC: read-only memory of firmware, whatever the map says of it */
#define BIOS_END    0x100000

STATIC_ASSERT (SMBIOS_TABLE_MAX <= WINDOW_MAX);

/* So many bytes can be read there, most being enough */
static size_t readable (paddr_t addr, size_t most)
{
    uint64_t const size = ACPI_PC && addr >= BIOS_START && addr < BIOS_END ? BIOS_END - addr : uefi_table_memory (addr);

    return (size_t)MIN (size, most);
}

/* A copy of the entry point, so that what was judged is what is used. False after one line if it is none, or names no table. */
static bool entry (paddr_t addr, paddr_t *table, size_t *size)
{
    uint8_t copy[SMBIOS_ENTRY_MAX];
    size_t const n = readable (addr, sizeof copy);
    void const *const p = window_map (WINDOW_TABLE, addr, n);
    uint32_t length = 0;

    if (p)
        memcpy (copy, p, n);

    char const *fault = NULL;

    if (!p)
        fault = "no memory";
    else if (!smbios_entry (copy, n, table, &length))
        fault = "bad";
    else if (!(*size = readable (*table, MIN (length, SMBIOS_TABLE_MAX))))
        fault = "its table is nowhere";

    if (fault)
        print ("SMBIOS: entry point at %#lx: %s", addr, fault);

    return !fault;
}

static bool board (paddr_t addr)
{
    paddr_t table;
    size_t size;

    if (!addr || !entry (addr, &table, &size))
        return false;

    uint8_t const *const p = window_map (WINDOW_TABLE, table, size);
    struct record_board *const b = p ? record_add (RECORD_BOARD, sizeof *b) : NULL;

    if (b)
        smbios_board (b, p, size);

    print ("SMBIOS: %lu bytes at %#lx%s", size, table, b ? "" : p ? ", no room for its record" : ": no memory");

    return b;
}

void facts_publish (struct boot_info const *boot)
{
    struct record_platform *const p = record_add (RECORD_PLATFORM, sizeof *p);

    if (p)
        facts_arch (p);

    if (!board (boot->smbios[0]))
        board (boot->smbios[1]);
}
