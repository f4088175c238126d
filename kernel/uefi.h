/* SPDX-License-Identifier: GPL-2.0-only */
/* Unified Extensible Firmware Interface: the end of its boot services, its memory map, and what it keeps afterwards. */
#pragma once

#include <base/types.h>

struct boot_info;

/* The memory map as the root task gets it. Filled once at boot; mmap 0: none */
struct uefi {
    paddr_t     mmap;
    uint32_t    mmap_size;                              /* bytes                                                    */
    uint16_t    desc_size, desc_version;
};

extern struct uefi uefi;

/*
 * Takes the memory map and ends the boot services. The machine must be in the state in which the boot loader left it: firmware's page
 * tables for low memory, interrupts as it had them. False after a line that names the reason: the services are abandoned then, and
 * nobody may call firmware any more in either case.
 */
bool uefi_exit (struct boot_info const *);

/* Boot services are not used, or had ended already: takes the memory map that the boot loader has left, if any */
void uefi_take_map (struct boot_info const *);

/* Physical address of the RSDP that the system table names; 0: none */
paddr_t uefi_rsdp (struct boot_info const *);

/* Keeps code and data of the runtime services out of every address space (interface specification, 8.2.1) */
void uefi_protect (void);
