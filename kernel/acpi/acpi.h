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
    return g->space != ACPI_GAS_MEMORY ? 1 : g->bits == 32 ? 4 : g->bits == 16 ? 2 : 1;
}

struct acpi_range { paddr_t start, end; };          /* half-open                                                */

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

    paddr_t     hpet;                               /* HPET table: MMIO base, 0 if none                         */

    /* SPCR or DBG2 (SPCR wins): the first 16550-compatible UART */
    struct acpi_gas uart;                           /* addr 0: none named                                       */

    /* MCFG: configuration space of PCI in memory */
    unsigned    ecams;
    struct pci_ecam ecam[ACPI_ECAM_MAX];

    /* Memory that must never be delegated besides the kernel's: DMAR and IVRS units */
    unsigned    protects;
    struct acpi_range protect[ACPI_PROTECT_MAX];

    unsigned    vtd_units;                          /* well-formed DRHDs of the DMAR table                      */
};

/*
 * Finds and parses the tables. rsdp_hint: physical address of a copy or of the original RSDP from the boot loader, 0 to
 * search the EBDA and the BIOS area (5.2.5.1). Unusable tables print one line each and are skipped; the rest counts.
 * Returns false when there is no usable RSDP or root table: the caller then runs one CPU with legacy defaults.
 */
bool acpi_parse (struct acpi *out, paddr_t rsdp_hint);
