/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * DSP0134, 5.2.1: on a PC with a BIOS, the entry point is in 0xf0000 to 0xfffff, aligned to 16. UEFI has it in a configuration table, and
 * keeps that in memory of its runtime services, which nobody but the kernel may see.
 */
#include <board.h>

#include <acpi_arch.h>
#include <mem.h>
#include <root.h>

enum { TABLE_MAX = 1 << 20, BIOS = 0xf0000, BIOS_SIZE = 0x10000, STEP = 16 };

static struct smbios smbios;

static bool take (uint8_t const *entry, size_t size)
{
    uint64_t table;
    uint32_t length;

    if (!smbios_entry (entry, size, &table, &length) || !length)
        return false;

    length = length < TABLE_MAX ? length : TABLE_MAX;

    /* What the kernel protects is not mapped, though the hypercall succeeds */
    if (table >= UINT64_C (1) << 32 || (table < root.hip->nova_end && table + length > root.hip->nova_start))
        return false;

    smbios = (struct smbios) { mem_map (table, length, PERM_MEM_R, MAD_RAM), length };

    return smbios.data;
}

struct smbios const *board_smbios (void)
{
    static bool looked;
    uint8_t const *const p = ACPI_PC && !looked && !root.hip->uefi_mmap_size ? mem_map (BIOS, BIOS_SIZE, PERM_MEM_R, MAD_RAM) : NULL;

    for (unsigned i = 0; p && i < BIOS_SIZE; i += STEP)
        if (take (p + i, BIOS_SIZE - i))
            break;

    looked = true;

    return &smbios;
}
