/* SPDX-License-Identifier: GPL-2.0-only */
/* DSP0134, 5.2: UEFI has a configuration table for it; on a PC with a BIOS, the entry point is in 0xf0000 to 0xfffff, aligned to 16. */
#include <board.h>

#include <acpi_arch.h>
#include <mem.h>
#include <root.h>
#include <string.h>

enum { ENTRY_MAX = 64, TABLE_MAX = 1 << 20, CONFIGURATIONS_MAX = 1024, BIOS = 0xf0000, BIOS_SIZE = 0x10000, STEP = 16 };

struct system { uint64_t header[3], vendor[2], console[6], runtime, boot, count, tables; };    /* UEFI 2.10, 4.3.1     */
struct configuration { uint8_t guid[16]; uint64_t table; };                                    /* 4.6.1                */

static uint8_t const guid[][16] = {                                                            /* SMBIOS 3, SMBIOS     */
    { 0x44, 0x15, 0xfd, 0xf2, 0x94, 0x97, 0x2c, 0x4a, 0x99, 0x2e, 0xe5, 0xbb, 0xcf, 0x20, 0xe3, 0x94 },
    { 0x31, 0x2d, 0x9d, 0xeb, 0x88, 0x2d, 0xd3, 0x11, 0x9a, 0x16, 0x00, 0x90, 0x27, 0x3f, 0xc1, 0x4d },
};

static struct smbios smbios;

static bool take (uint8_t const *entry, size_t size)
{
    uint64_t table;
    uint32_t length;

    if (!entry || !smbios_entry (entry, size, &table, &length) || !length)
        return false;

    length = length < TABLE_MAX ? length : TABLE_MAX;
    smbios = (struct smbios) { mem_map (table, length, PERM_MEM_R, MAD_RAM), length };

    return smbios.data;
}

static bool by_uefi (void)
{
    struct system const *const s = root.efi_systab && !(root.efi_systab & 7) ? mem_map (root.efi_systab, sizeof (*s), PERM_MEM_R, MAD_RAM) :
                                   NULL;
    uint64_t const n = s && s->count <= CONFIGURATIONS_MAX ? s->count : 0;
    struct configuration const *const c = n ? mem_map (s->tables, n * sizeof (*c), PERM_MEM_R, MAD_RAM) : NULL;

    for (unsigned g = 0; c && g < sizeof (guid) / sizeof (guid[0]); g++)
        for (uint64_t i = 0; i < n; i++)
            if (!memcmp (c[i].guid, guid[g], sizeof (guid[g])) && take (mem_map (c[i].table, ENTRY_MAX, PERM_MEM_R, MAD_RAM), ENTRY_MAX))
                return true;

    return false;
}

static bool by_bios (void)
{
    uint8_t const *const p = ACPI_PC ? mem_map (BIOS, BIOS_SIZE, PERM_MEM_R, MAD_RAM) : NULL;

    for (unsigned i = 0; p && i < BIOS_SIZE; i += STEP)
        if (take (p + i, BIOS_SIZE - i))
            return true;

    return false;
}

struct smbios const *board_smbios (void)
{
    static bool looked;

    if (!looked && !by_uefi())
        by_bios();

    looked = true;

    return &smbios;
}
