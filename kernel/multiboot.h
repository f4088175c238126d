/* SPDX-License-Identifier: GPL-2.0-only */
/* Multiboot 1 and 2 information: what the kernel consumes of it. */
#pragma once

#include <base/types.h>
#include <boot_info.h>

#define MULTIBOOT1_MAGIC    0x2badb002u             /* EAX, Multiboot 0.6.96, 3.2                               */
#define MULTIBOOT2_MAGIC    0x36d76289u             /* EAX, Multiboot 2.0, 3.3                                  */

/* Returns false, after one line on the console, when the information is unusable; *out is then all zero. */
bool multiboot_parse (struct boot_info *out, uint32_t magic, paddr_t info);
