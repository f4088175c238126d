/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine: its tables at their addresses. Tests build it, damage it, then parse it. */
#pragma once

#include <acpi/acpi.h>

#include <host.h>
#include <window.h>

#define RSDP_ADDR   0xf5a40
#define RSDT_ADDR   0x1ffe0040
#define XSDT_ADDR   0x1ffe0100
#define TABLES_MAX  300

struct table { uint64_t addr; size_t size; uint8_t data[4096]; };

extern struct table tables[TABLES_MAX];
extern unsigned count;
extern uint8_t rsdp[36];
extern struct acpi acpi;                                /* result of the last parse                                 */

#define BYTES(t, ...) append ((t), (uint8_t const[]){ __VA_ARGS__ }, sizeof (uint8_t const[]){ __VA_ARGS__ })
#define LE16(v) (uint8_t)(v), (uint8_t)((v) >> 8)
#define LE32(v) LE16 (v), LE16 ((v) >> 16)
#define LE64(v) LE32 (v), LE32 ((uint64_t)(v) >> 32)
#define GAS(space, bits, access, addr) space, bits, 0, access, LE64 (addr)

/* From an empty machine with an RSDP of this revision, by way of its tables, to root tables that name all of them */
void start (uint8_t rev);
struct table *add (uint64_t addr, char const *sig, uint8_t rev, size_t size);
void append (struct table *, void const *, size_t);
void finish (bool rsdt, bool xsdt);

/* After damage: make the checksum good again; find a table */
void fix (struct table *);
void fix_rsdp (void);
struct table *root (char const *sig);

/* Fails unless the last parse left what holds whatever firmware says, and the kernel relies on */
void assert_sane (void);

/* Puts the machine into modelled memory; parses it there, and assert_sane */
void install (void);
bool parse (void);

/* For one table: builds the root table, parses, leaves only the lines after those of RSDP, root table and that table */
void parse_one (void);

/* Valid tables; the parts are appended */
struct table *madt (uint64_t addr);
struct table *full_madt (uint64_t addr);
void lapic (struct table *, uint8_t id, uint32_t flags);
void x2apic (struct table *, uint32_t id, uint32_t flags);
void ioapic (struct table *, uint8_t id, uint32_t addr, uint32_t gsi);
void override (struct table *, uint8_t bus, uint8_t irq, uint32_t gsi, uint16_t flags);

struct table *fadt (uint64_t addr, size_t size, uint8_t rev);
struct table *full_fadt (uint64_t addr);
void put_gas (struct table *, size_t off, uint8_t space, uint8_t bits, uint64_t addr);

struct table *hpet (uint64_t addr, uint64_t base);
struct table *spcr (uint64_t addr, uint8_t type, uint8_t space, uint8_t bits, uint64_t base);
void spcr_interrupt (struct table *, uint8_t type, uint32_t gsi);
struct table *dbg2 (uint64_t addr, uint32_t n);
void dbg2_device (struct table *, uint16_t type, uint16_t subtype, uint8_t space, uint8_t bits, uint64_t base);
struct table *dmar (uint64_t addr);
void drhd (struct table *, uint8_t size, uint64_t base);
struct table *ivrs (uint64_t addr);
void ivhd (struct table *, uint8_t type, uint64_t base);

struct table *mcfg (uint64_t addr, uint64_t base, uint16_t segment, uint8_t first, uint8_t last);
void mcfg_entry (struct table *, uint64_t base, uint16_t segment, uint8_t first, uint8_t last);

/* A machine with one table of each kind that PCs have */
void build_full (void);

/* Arm: the parts of a MADT are appended to one without a local APIC */
struct table *arm_madt (uint64_t addr);
void gicc (struct table *, uint32_t flags, uint64_t mpidr, uint64_t base, uint64_t gicv, uint64_t gich, uint64_t gicr);
void gicd (struct table *, uint64_t base, uint8_t version);
void gic_msi (struct table *, uint64_t base);
void gicr (struct table *, uint64_t base, uint32_t length);
void its (struct table *, uint64_t base);

struct table *arm_fadt (uint64_t addr, uint16_t boot_arch);
struct table *gtdt (uint64_t addr, uint32_t el2);

struct table *iort (uint64_t addr, uint32_t nodes);
void iort_node (struct table *, uint8_t type, uint16_t length, uint64_t base, uint64_t span, uint64_t vatos);

/* A server with a GIC of version 3, and one of each kind of table that such machines have */
void build_arm (void);
