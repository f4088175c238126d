/* SPDX-License-Identifier: GPL-2.0-only */
/* The kernel as an application of UEFI: its own boot loader. */
#pragma once

#include <boot_info.h>

/* How start is entered when everything is in memory: where the kernel is, and registers x0 and x1 */
struct uefi_start { paddr_t kernel; uint64_t regs[2]; };

struct loaded_image;
struct system_table;

/*
 * From uefi_entry.S, on firmware's tables and stack, where firmware has loaded the image: base. Puts the kernel and the root task's
 * image into memory and fills *out. Otherwise a status of UEFI, after one line on firmware's console; all memory has been given back.
 */
uint64_t uefi_load (uint64_t handle, struct system_table const *, uint8_t *base, struct uefi_start *out);

/* What the kernel then finds, in its copy of the image: efi_systab 0 if it was started in another way */
extern struct boot_info uefi_boot;
