/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine has, whatever the kernel says of it; each architecture finds out by itself. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* By the driver, before memory is given out: what a boot loader left of the tables may lie there */
void        machine_init (void);

bool        machine_virt (void);                        /* the CPU can run guests with page tables of their own */
uint64_t    machine_iommu (void);                       /* physical address of the first IOMMU, 0: none         */
