/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as firmware describes it, by a device tree or by ACPI: what the kernel drives itself, and nothing else. */
#pragma once

#include <base/types.h>
#include <cpuset.h>
#include <pci.h>

struct fdt;

#define GICR_REGIONS    8
#define RESERVED_MAX    16
#define ECAM_MAX        16

struct region { paddr_t addr; uint64_t size; };

enum uart_kind { UART_NONE, UART_PL011, UART_16550 };
enum psci_conduit { PSCI_NONE, PSCI_SMC, PSCI_HVC };

struct platform {
    unsigned        gic;                                /* architecture: 2, 3, or 0: none was found                 */
    struct region   gicd, gicc;                         /* gicc: GICv2, two pages at least                          */
    struct region   gich, gicv;                         /* GICv2; nobody may touch them                             */
    struct region   gicr[GICR_REGIONS];                 /* GICv3                                                    */
    unsigned        gicrs;

    unsigned        timer_ppi;                          /* interrupt ID of the hypervisor's physical timer          */

    enum psci_conduit psci;

    unsigned        cpus;                               /* all that can be started, the boot CPU included           */
    unsigned        cpus_left;                          /* more than there is room for                              */
    uint64_t        mpidr[CPU_MAX];

    enum uart_kind  uart;
    struct region   uart_regs;
    uint8_t         uart_stride;                        /* 16550: distance and width of registers                   */

    struct pci_ecam ecam[ECAM_MAX];                     /* configuration space of PCI                               */
    unsigned        ecams;

    struct region   smmu[RESERVED_MAX];
    unsigned        smmus;
};

extern struct platform platform;                        /* fixed after boot                                         */

/* Fills *p from a device tree; what is not there stays as it is */
void platform_fdt (struct platform *p, struct fdt const *);

/* End of the memory that an address lies in, by the device tree; 0: it does not lie in memory */
paddr_t platform_fdt_memory (struct fdt const *, paddr_t addr);
