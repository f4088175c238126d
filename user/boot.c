/* SPDX-License-Identifier: GPL-2.0-only */
#include <boot.h>
#include <mem.h>
#include <multiboot.h>
#include <record.h>
#include <root.h>

enum { RSDP_SIZE = 36, PAGE = 0x1000, CONVENTIONAL = 7 };       /* memory type: UEFI 2.10, 7.2.1                */

/* Firmware's own map, where there is one: it knows what it keeps for itself */
static void uefi_memory (void)
{
    uint32_t const size = root.hip->uefi_mmap_size, step = root.hip->uefi_desc_size;
    uint8_t const *p = size && step ? mem_map (root.hip->uefi_mmap, size, PERM_MEM_R, MAD_RAM) : NULL, *const end = p + size;

    for (; p && p + sizeof (struct uefi_desc) <= end; p += step) {
        struct uefi_desc const *d = (void const *) p;
        if (d->type == CONVENTIONAL)
            ram_add (d->phys, d->phys + d->pages * PAGE);
    }
}

void boot_parse (void)
{
    struct hip const *const hip = root.hip;

    uefi_memory();
    multiboot_parse();
    boot_parse_arch();

    /* What the memory maps call free though it is in use */
    if (hip->acpi_rsdp != ~UINT64_C (0))                /* it may be a copy in the boot information             */
        ram_remove (hip->acpi_rsdp, hip->acpi_rsdp + RSDP_SIZE);

    ram_remove (hip->nova_start, hip->nova_end);
    ram_remove (hip->mbuf_start, hip->mbuf_end);
    if (hip->length >= sizeof (*hip))                   /* not on NOVA                                          */
        ram_remove (hip->rec_start, hip->rec_end);
    struct record_screen const *const screen = record_screen();

    if (screen)
        ram_remove (screen->addr, screen->addr + (uint64_t) screen->pitch * screen->height);
    ram_remove (hip->root_start, hip->root_end);
    boot_reserve_arch();

    for (unsigned i = 0; i < root.modules; i++)
        ram_remove (root.module[i].start, root.module[i].end);
}
