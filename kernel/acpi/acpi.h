/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel learns from ACPI tables: one parse at boot fills one structure; nobody reads the tables afterwards. */
#pragma once

#include <base/types.h>
#include <pci.h>

#define ACPI_CPU_MAX        256
#define ACPI_IOAPIC_MAX     16
#define ACPI_OVERRIDE_MAX   16
#define ACPI_PROTECT_MAX    32
#define ACPI_ECAM_MAX       32
#define ACPI_GICR_MAX       64
#define ACPI_MSI_MAX        16

/* Generic Address Structure, ACPI 6.5, 5.2.3.2 */
struct acpi_gas {
    uint8_t     space;                              /* ACPI_GAS_*                                               */
    uint8_t     bits;                               /* register width, 0 if unknown                             */
    uint8_t     access;                             /* 0 undefined, 1 byte, 2 word, 3 dword, 4 qword            */
    uint64_t    addr;                               /* 0: register not present                                  */
};

enum { ACPI_GAS_MEMORY = 0, ACPI_GAS_IO = 1, ACPI_GAS_PCI = 2 };

/* Distance of the registers of a block that starts at this address: 1, 2 or 4 bytes in memory, always 1 at ports */
static inline unsigned acpi_gas_stride (struct acpi_gas const *g)
{
    bool const four = g->bits == 32 || g->access == 3, two = g->bits == 16 || g->access == 2;

    return g->space != ACPI_GAS_MEMORY ? 1 : four ? 4 : two ? 2 : 1;
}

/* Width of an access to them, in bytes: at most the distance, which it is where nothing is said */
static inline unsigned acpi_gas_width (struct acpi_gas const *g)
{
    return g->space == ACPI_GAS_MEMORY && g->access >= 1 && g->access <= 3 ? 1U << (g->access - 1) : acpi_gas_stride (g);
}

struct acpi_range { paddr_t start, end; };          /* half-open                                                */

/* SBSA: the part of a PL011 that Arm's Server Base System Architecture wants; the line is firmware's business */
enum acpi_uart { ACPI_UART_16550, ACPI_UART_PL011, ACPI_UART_SBSA };

/* Generic Interrupt Controller (Arm IHI 0048, IHI 0069), 5.2.12.14 ... 5.2.12.18. Nothing of it is there on machines with APICs. */
struct acpi_gic {
    uint8_t     version;                            /* of its architecture, 0: not told                         */
    paddr_t     gicd;                               /* distributor, 0: none                                     */
    paddr_t     gicc, gicv, gich;                   /* version 2: one address for all CPUs, 0: none             */
    unsigned    cpus;                               /* enabled processors, at most ACPI_CPU_MAX                 */
    uint64_t    mpidr[ACPI_CPU_MAX];                /* affinity, in table order                                 */
    unsigned    gicrs;
    struct acpi_range gicr[ACPI_GICR_MAX];          /* redistributors                                           */
    unsigned    msis;
    struct acpi_range msi[ACPI_MSI_MAX];            /* what turns messages into interrupts: frames, ITS         */
};

struct acpi {
    paddr_t     rsdp;                               /* 0: not found                                             */

    /* MADT, 5.2.12 */
    unsigned    cpus;                               /* enabled processors, at most ACPI_CPU_MAX                 */
    uint32_t    apic_id[ACPI_CPU_MAX];              /* in table order                                           */
    paddr_t     lapic;                              /* 0: no MADT                                               */
    bool        pic;                                /* PCAT_COMPAT: dual 8259 present, must be masked           */
    unsigned    ioapics;
    struct { paddr_t addr; uint32_t gsi; uint8_t id; } ioapic[ACPI_IOAPIC_MAX];
    unsigned    overrides;
    struct { uint8_t irq; uint32_t gsi; uint16_t flags; } override[ACPI_OVERRIDE_MAX];
    struct acpi_gic gic;

    /* FADT, 5.2.9; registers with addr 0 do not exist */
    bool        fadt;
    struct acpi_gas pm1a_cnt, pm1b_cnt, pm1a_evt, pm1b_evt, pm2_cnt, pm_tmr, reset;
    uint8_t     pm1_evt_len;                        /* bytes                                                    */
    bool        pm_tmr_32;                          /* PM timer has 32 bits (24 otherwise)                      */
    bool        reset_supported;
    uint8_t     reset_value;
    uint16_t    smi_cmd;                            /* port, 0 if none                                          */
    uint8_t     acpi_enable;                        /* value for smi_cmd                                        */
    uint16_t    sci;
    bool        psci, psci_hvc;                     /* PSCI 0.2 or later is there; it is called by HVC, not SMC */

    uint32_t    timer_el2;                          /* GTDT, 5.2.25: private interrupt of the hypervisor's timer, 0: none */

    paddr_t     hpet;                               /* HPET table: MMIO base, 0 if none                         */

    /* SPCR or DBG2 (SPCR wins): the first UART that there is a driver for */
    struct acpi_gas uart;                           /* addr 0: none named                                       */
    enum acpi_uart  uart_kind;
    uint32_t    uart_interrupt;                     /* SPCR: what its interrupt is at a GIC, 0: not told        */

    /* MCFG: configuration space of PCI in memory */
    unsigned    ecams;
    struct pci_ecam ecam[ACPI_ECAM_MAX];

    /* Memory that must never be delegated besides the kernel's: registers of the IOMMUs in DMAR, IVRS and IORT */
    unsigned    protects;
    struct acpi_range protect[ACPI_PROTECT_MAX];

    unsigned    vtd_units;                          /* well-formed DRHDs of the DMAR table                      */
};

/*
 * Finds and parses the tables. rsdp_hint: physical address of a copy or of the original RSDP from the boot loader, 0 to
 * search for it where the machine is a PC (5.2.5.1). Unusable tables print one line each and are skipped; the rest counts.
 * Returns false when there is no usable RSDP or root table: the caller then runs one CPU with legacy defaults, if it has any.
 */
bool acpi_parse (struct acpi *out, paddr_t rsdp_hint);
