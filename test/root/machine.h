/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine has, whatever the kernel says of it; each architecture finds out by itself. */
#pragma once

#include <stdbool.h>
#include <stdint.h>

/* By the driver, before memory is given out: what a boot loader left of the tables may lie there */
void        machine_init (void);

bool        machine_virt (void);                        /* the CPU can run guests with page tables of their own */
uint64_t    machine_iommu (void);                       /* physical address of the first IOMMU, 0: none         */
bool        machine_cos (void);                         /* the CPU has classes of service                       */

/* The i-th place that nobody gets (7.2.1, 8.2.1): registers of the interrupt controller and what else can write to memory */
struct machine_place {
    uint64_t        phys;                               /* 0: this machine has none                             */
    char const *    text;                               /* NULL: there are no more                              */
};

struct machine_place machine_guarded (unsigned i);

/* The i-th memory attribute descriptor to try */
struct mad_case {
    uint32_t        mad;
    bool            good;                               /* else BAD_PAR                                         */
    char const *    text;                               /* NULL: there are no more                              */
};

struct mad_case mad_case (unsigned i);
