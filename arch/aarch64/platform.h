/* SPDX-License-Identifier: GPL-2.0-only */
/* The machine as firmware describes it, by a device tree or by ACPI: what the kernel drives itself, and nothing else. */
#pragma once

#include <base/types.h>
#include <cpuset.h>
#include <pci.h>

struct acpi;
struct fdt;

#define GICR_REGIONS    64                              /* ACPI may name them one by one                            */
#define RESERVED_MAX    32
#define ECAM_MAX        32

#define MPIDR_AFFINITY  UINT64_C (0xff00ffffff)         /* of MPIDR_EL1 (Arm ARM, D17.2.101): Aff3, Aff2, Aff1, Aff0 */

struct region { paddr_t addr; uint64_t size; };

enum uart_kind { UART_NONE, UART_PL011, UART_SBSA, UART_16550 };
enum psci_conduit { PSCI_NONE, PSCI_SMC, PSCI_HVC };

struct platform {
    bool            el3;                                /* the kernel was entered at EL3: el3.h                     */

    unsigned        gic;                                /* architecture: 2, 3, or 0: none was found                 */
    struct region   gicd, gicc;                         /* gicc: GICv2, two pages at least                          */
    struct region   gich, gicv;                         /* GICv2; nobody may touch them                             */
    struct region   gicr[GICR_REGIONS];                 /* GICv3                                                    */
    unsigned        gicrs;

    paddr_t         end;                                /* of memory and registers, as far as firmware names them; 0: not known */

    unsigned        timer_ppi;                          /* interrupt ID of the hypervisor's physical timer          */

    enum psci_conduit psci;

    unsigned        cpus;                               /* all that can be started, the boot CPU included           */
    unsigned        cpus_left;                          /* more than there is room for                              */
    uint64_t        mpidr[CPU_MAX];

    enum uart_kind  uart;
    struct region   uart_regs;
    uint8_t         uart_stride, uart_width;            /* 16550: distance of registers, width of an access         */

    struct pci_ecam ecam[ECAM_MAX];                     /* configuration space of PCI                               */
    unsigned        ecams;

    /* Registers that nobody drives, and nobody may touch: both can make the machine write to any memory */
    struct region   smmu[RESERVED_MAX];
    unsigned        smmus;
    struct region   msi[RESERVED_MAX];                  /* ITS and message frames of the GIC                        */
    unsigned        msis;
    unsigned        reserved_left;                      /* more of either than there is room for                    */
};

extern struct platform platform;                        /* fixed after boot                                         */

/* Fills *p from a device tree; what is not there stays as it is */
void platform_fdt (struct platform *p, struct fdt const *);

/* The same from ACPI tables */
void platform_acpi (struct platform *p, struct acpi const *);

/* End of the memory that an address lies in, by the device tree; 0: it does not lie in memory */
paddr_t platform_fdt_memory (struct fdt const *, paddr_t addr);
