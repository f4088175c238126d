/* SPDX-License-Identifier: GPL-2.0-only */
#include <boot.h>
#include <multiboot.h>
#include <root.h>

enum { RSDP_SIZE = 36 };

void boot_parse (void)
{
    struct hip const *const hip = root.hip;

    if (!multiboot_parse())
        boot_parse_arch();

    /* What the memory maps call free though it is in use */
    if (hip->acpi_rsdp != ~UINT64_C (0))                /* it may be a copy in the boot information             */
        ram_remove (hip->acpi_rsdp, hip->acpi_rsdp + RSDP_SIZE);

    ram_remove (hip->nova_start, hip->nova_end);
    ram_remove (hip->mbuf_start, hip->mbuf_end);
    if (hip->length >= sizeof (*hip))                   /* not on NOVA                                          */
        ram_remove (hip->rec_start, hip->rec_end);
    ram_remove (hip->root_start, hip->root_end);
    boot_reserve_arch();

    for (unsigned i = 0; i < root.modules; i++)
        ram_remove (root.module[i].start, root.module[i].end);
}
