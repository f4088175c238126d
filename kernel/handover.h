/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Where firmware itself starts the kernel, the kernel is its own boot loader: it writes what a boot loader would have left for the root
 * task. Pure functions of memory, used before the kernel has any of its own.
 */
#pragma once

#include <base/types.h>

struct boot_info;
struct fdt;

/*
 * A copy of a device tree, in which /chosen has this command line and this RAM disk, the root task's image, and no others. Returns its
 * size. to: null, or room for as much, aligned to 8. 0: the tree is damaged.
 */
size_t handover_fdt (struct fdt const *, struct boot_info const *, void *to);

/*
 * Multiboot 2 information (Multiboot2 Specification 2.0, 3.6): tags 1, 3, 12 and 20. The words of the command line behind the word --
 * are those of the root task and belong to its module. Tag 3 has 32-bit addresses: those of a module beyond are 0, and it is the HIP
 * that names it. Returns its size. to: null, or room for as much, aligned to 8.
 */
size_t handover_multiboot (struct boot_info const *, void *to);

/*
 * Load options, text in UCS-2 of so many bytes, become ASCII; what is none becomes a question mark. False: they were cut to room, which
 * includes the terminator.
 */
bool handover_text (char *to, size_t room, void const *options, size_t bytes);

/* Length of the kernel's words in a command line: what is before the word -- */
size_t handover_kernel_words (char const *cmdline);
