/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel wants to know of the boot loader, whatever language that speaks. */
#pragma once

#include <base/types.h>

#define CMDLINE_MAX 512

/* As boot loader or firmware describes it, unchecked; addr 0: there is none. The fields are those of struct record_screen. */
struct screen {
    paddr_t     addr;
    uint32_t    pitch, width, height;
    uint8_t     type, bits;
    struct { uint8_t pos, size; } colour[3];
};

struct boot_info {
    char        cmdline[CMDLINE_MAX];               /* terminated; longer ones are cut                          */
    paddr_t     root_start, root_end;               /* first module, half-open; both 0: none                    */
    paddr_t     rsdp;                               /* Multiboot 2 tags 14/15: physical address of the copy; or UEFI's; or 0 */
    paddr_t     smbios[2];                          /* UEFI's entry points of 64 and 32 bits, 0: none; not looked at yet */
    paddr_t     fdt;                                /* device tree that the boot loader names, 0: none; not looked at yet */
    paddr_t     efi_systab, efi_image;              /* Multiboot 2 tags 12 and 20, or UEFI itself; 0 if absent  */
    paddr_t     efi_mmap;                           /* Multiboot 2 tag 17: the map in the information, 0 if absent */
    uint32_t    efi_mmap_size, efi_desc_size, efi_desc_version;
    struct screen screen;                           /* Multiboot 2 tag 8, UEFI's graphics output or a device tree */
    bool        efi_services;                       /* Multiboot 2 tag 18, or UEFI itself: boot services are on */
};
