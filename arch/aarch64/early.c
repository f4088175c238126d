/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What must be known before the MMU goes on. It runs at the physical address of the image: nothing here, nor what it calls, may follow
 * a pointer that was made by the linker, and memory is Device memory, so that nothing is accessed but aligned.
 */
#include <vhe.h>

#include <boot_info.h>
#include <cmdline.h>
#include <fdt.h>
#include <sysreg.h>

/* What the boot loader has left in its caches must be seen by accesses that pass them by (Arm ARM, D7.4.8) */
static void clean (uintptr_t start, size_t size)
{
    uint64_t const line = UINT64_C (4) << (sysreg_read (ctr_el0) >> 16 & 0xf);

    for (uintptr_t p = start & ~(line - 1); p < start + size; p += line)
        __asm__ volatile ("dc civac, %0" : : "r" (p) : "memory");

    dsb (sy);
}

bool early_novhe (uintptr_t tree)
{
    struct boot_info boot;
    struct fdt fdt;

    if (!tree || tree % 8)
        return false;

    clean (tree, FDT_HEADER);

    uint32_t const size = fdt_size ((void const *)tree);

    if (size < FDT_HEADER || size > FDT_SIZE_MAX)
        return false;

    clean (tree, size);

    if (!fdt_open (&fdt, (void const *)tree, size))
        return false;

    fdt_boot_info (&fdt, &boot);
    cmdline_set (boot.cmdline);                         /* a copy that goes with the rest of .bss                   */

    return cmdline_flag ("novhe");
}
