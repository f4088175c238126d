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

/* What the system table names: the RSDP, if the boot loader has named none, and the entry points of SMBIOS */
void uefi_tables (struct boot_info *);

/*
 * So many bytes from this address on are of a kind of memory that such tables may be in (2.3.4, 2.3.6), by the map; 0: none. Where there is
 * no memory, reading may be an abort.
 */
uint64_t uefi_table_memory (paddr_t addr);

/* Keeps code and data of the runtime services out of every address space (interface specification, 8.2.1) */
void uefi_protect (void);
