/* SPDX-License-Identifier: GPL-2.0-only */
#include <console/console.h>
#include <mem.h>
#include <root.h>
#include <tables.h>
#include <window.h>

/* What the parsers want of the kernel: memory, which stays mapped here, and a console. The kernel has printed the same lines already. */
void const *window_map (enum window w, paddr_t addr, size_t size)
{
    (void) w;

    return size && size <= WINDOW_MAX ? mem_map (addr, size, PERM_MEM_R, MAD_RAM) : NULL;
}

void print (char const *fmt, ...) { (void) fmt; }

struct acpi const *tables (void)
{
    static struct acpi acpi;
    static bool read;

    if (!read && root.hip->acpi_rsdp != ~UINT64_C (0))
        (void) acpi_parse (&acpi, root.hip->acpi_rsdp);

    read = true;

    return &acpi;
}
