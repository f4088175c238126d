/* SPDX-License-Identifier: GPL-2.0-only */
/* Reads what a Multiboot loader left: command lines, modules, and the memory map unless root.ram is filled already. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* UEFI 2.10, 7.2.3; the next one is uefi_desc_size of the HIP further */
struct uefi_desc {
    uint32_t    type, pad;
    uint64_t    phys, virt, pages, attr;
};

/* Fills root.args, kernel_args, module*, ram; nothing if no Multiboot loader was at work. Needs SEL_NOVA_HST. */
void multiboot_parse (void);
