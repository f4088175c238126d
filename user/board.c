/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DSP0134, 5.2.1: on a PC with a BIOS, the entry point is in 0xf0000 to 0xfffff, aligned to 16. UEFI has it in a configuration table, and
 * keeps that in memory of its runtime services, which nobody but the kernel may see: there the kernel has a record of it.
 */
#include <board.h>

#include <acpi_arch.h>
#include <mem.h>
#include <record.h>
#include <root.h>
#include <smbios.h>

enum { BIOS = 0xf0000, BIOS_SIZE = 0x10000, STEP = 16 };

static bool take (struct record_board *b, uint8_t const *entry, size_t size)
{
    paddr_t table;
    uint32_t length;

    if (!smbios_entry (entry, size, &table, &length) || !length)
        return false;

    length = length < SMBIOS_TABLE_MAX ? length : SMBIOS_TABLE_MAX;

    /* What the kernel protects is not mapped, though the hypercall succeeds */
    if (table >= UINT64_C (1) << 32 || (table < root.hip->nova_end && table + length > root.hip->nova_start))
        return false;

    uint8_t const *const p = mem_map (table, length, PERM_MEM_R, MAD_RAM);

    if (p)
        smbios_board (b, p, length);

    return p;
}

static bool search (struct record_board *b)
{
    uint8_t const *const p = ACPI_PC && !root.hip->uefi_mmap_size ? mem_map (BIOS, BIOS_SIZE, PERM_MEM_R, MAD_RAM) : NULL;

    for (unsigned i = 0; p && i < BIOS_SIZE; i += STEP)
        if (take (b, p + i, BIOS_SIZE - i))
            return true;

    return false;
}

/* A copy, since whoever else maps the record can write there */
static bool copy (struct record_board *b)
{
    struct record_board const *const r = record_board();

    if (!r)
        return false;

    *b = *r;

    for (unsigned i = 0; i < BOARD_TEXTS; i++)
        b->text[i][BOARD_TEXT - 1] = 0;

    return true;
}

struct record_board const *board (void)
{
    static struct record_board names;
    static bool looked, found;

    if (!looked)
        found = copy (&names) || search (&names);

    looked = true;

    return found ? &names : NULL;
}
