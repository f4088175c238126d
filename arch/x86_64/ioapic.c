/* SPDX-License-Identifier: GPL-2.0-only */
#include <ioapic.h>

#include <mmio.h>
#include <mmio_access.h>
#include <spinlock.h>
#include <vectors.h>

#include <acpi/acpi.h>
#include <base/assert.h>
#include <base/macros.h>
#include <console/console.h>

enum {
    IOREGSEL        = 0x0,                              /* 82093AA, 3.1                                         */
    IOWIN           = 0x10,
    IOAPIC_SIZE     = 0x20,

    IOAPICVER       = 0x1,                              /* 3.2.2: version 7...0, highest entry 23...16          */
    IOREDTBL        = 0x10,                             /* 3.2.4: entry n at 2 n (low) and 2 n + 1 (high)       */
    ENTRIES_MAX     = (0x100 - IOREDTBL) / 2,           /* 3.1.1: IOREGSEL has 8 bits                           */

    ENTRY_LOW       = 1 << 13,                          /* active low                                           */
    ENTRY_LEVEL     = 1 << 15,
    ENTRY_MASKED    = 1 << 16,                          /* fixed delivery and physical destination are all zero */
    ENTRY_DEST      = 24,                               /* shift in the high half                               */
};

struct ioapic {
    struct spinlock lock;                               /* IOREGSEL and IOWIN belong together; entry[] of its pins */
    volatile void * regs;
    unsigned        base, count;                        /* fixed by ioapic_init(): first pin, number of pins    */
};

static struct ioapic    ioapic[ACPI_IOAPIC_MAX];
static unsigned         ioapics, pins;                  /* written by ioapic_init() only                        */
static uint8_t          owner[VEC_GSI_COUNT];           /* index into ioapic[] + 1, 0: none; as above           */
static uint32_t         entry[VEC_GSI_COUNT];           /* low half as last written; lock of the I/O APIC       */

STATIC_ASSERT (ACPI_IOAPIC_MAX < 255);

static uint32_t reg_read (struct ioapic const *io, unsigned reg)
{
    mmio_write32 (io->regs, IOREGSEL, reg);
    return mmio_read32 (io->regs, IOWIN);
}

static void reg_write (struct ioapic const *io, unsigned reg, uint32_t val)
{
    mmio_write32 (io->regs, IOREGSEL, reg);
    mmio_write32 (io->regs, IOWIN, val);
}

static void entry_write (struct ioapic const *io, unsigned gsi, uint32_t val)
{
    entry[gsi] = val;
    reg_write (io, IOREDTBL + 2 * (gsi - io->base), val);
}

static struct ioapic *lookup (unsigned gsi)
{
    assert (gsi < VEC_GSI_COUNT);

    return owner[gsi] ? &ioapic[owner[gsi] - 1] : 0;
}

unsigned ioapic_pins (void) { return pins; }

void ioapic_configure (unsigned gsi, uint32_t apic_id, uint8_t vector, bool masked, bool level, bool low)
{
    struct ioapic *const io = lookup (gsi);

    assert (apic_id <= IOAPIC_DEST_MAX);

    if (!io)
        return;

    uint32_t const val = vector | (low ? ENTRY_LOW : 0) | (level ? ENTRY_LEVEL : 0) | (masked ? ENTRY_MASKED : 0);

    spin_lock (&io->lock);
    entry_write (io, gsi, entry[gsi] | ENTRY_MASKED);
    reg_write (io, IOREDTBL + 2 * (gsi - io->base) + 1, apic_id << ENTRY_DEST);
    entry_write (io, gsi, val);
    spin_unlock (&io->lock);
}

void ioapic_mask (unsigned gsi)
{
    struct ioapic *const io = lookup (gsi);

    if (!io)
        return;

    spin_lock (&io->lock);
    entry_write (io, gsi, entry[gsi] | ENTRY_MASKED);
    (void)mmio_read32 (io->regs, IOWIN);                /* has arrived before the caller's EOI does             */
    spin_unlock (&io->lock);
}

void ioapic_unmask (unsigned gsi)
{
    struct ioapic *const io = lookup (gsi);

    if (!io)
        return;

    spin_lock (&io->lock);
    entry_write (io, gsi, entry[gsi] & ~(uint32_t)ENTRY_MASKED);
    spin_unlock (&io->lock);
}

/* Edge and masked: this also clears Remote IRR that an earlier owner may have left set (3.2.4) */
static void mask_all (struct ioapic const *io, unsigned entries)
{
    for (unsigned i = 0; i < entries; i++) {
        reg_write (io, IOREDTBL + 2 * i, ENTRY_MASKED);
        reg_write (io, IOREDTBL + 2 * i + 1, 0);
    }
}

void ioapic_init (struct acpi const *acpi)
{
    for (unsigned i = 0; i < acpi->ioapics; i++) {

        struct ioapic *const io = &ioapic[ioapics];

        io->regs = mmio_map (acpi->ioapic[i].addr, IOAPIC_SIZE);
        io->base = acpi->ioapic[i].gsi;

        uint32_t const version = io->regs ? reg_read (io, IOAPICVER) : UINT32_MAX;

        if (version == UINT32_MAX) {                    /* no mapping, or nobody answers                        */
            print ("IOAPIC: %#lx unusable", acpi->ioapic[i].addr);
            continue;
        }

        unsigned const entries = MIN ((version >> 16 & 0xff) + 1, ENTRIES_MAX);

        mask_all (io, entries);

        io->count = io->base < VEC_GSI_COUNT ? MIN (entries, VEC_GSI_COUNT - io->base) : 0;

        print ("IOAPIC: %#lx version %#x, GSI %u-%u%s", acpi->ioapic[i].addr, version & 0xff, io->base,
               io->base + entries - 1, io->count < entries ? ", not all usable" : "");

        for (unsigned j = io->base; j < io->base + io->count; j++) {

            if (owner[j])                               /* claimed twice by firmware: the first one has it      */
                continue;

            owner[j] = (uint8_t)(ioapics + 1);
            entry[j] = ENTRY_MASKED;
        }

        if (io->count)
            pins = MAX (pins, io->base + io->count);

        ioapics++;
    }
}
