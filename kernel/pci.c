/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * PCI Local Bus specification 3.0, chapter 6, and PCI Express Base specification 5.0, 7.5.1. All buses are looked at, from the
 * last to the first, without following bridges: firmware's bus numbers are not believed, and a host bridge in the middle is
 * found. A bridge has a lower bus number than what is behind it (3.0, 6.2.5 of the bridge specification 1.2: primary below
 * secondary), so a device falls silent before the bridges that would otherwise refuse its requests and report errors.
 */
#include <pci.h>

#include <base/macros.h>
#include <pci_config.h>

#define BUSES               256
#define FUNCTIONS           256                     /* of a bus: 32 devices of 8                                */
#define ECAM_BUS            MIB                     /* 7.2.2                                                    */

#define REG_ID              0x00                    /* 6.1                                                      */
#define REG_COMMAND         0x04
#define REG_HEADER          0x0e                    /* 8 bits                                                   */

#define ID_NONE             0xffff                  /* vendor that no device has, 6.1                           */
#define COMMAND_MASTER      0x4                     /* 6.2.2; of a bridge: what it forwards upwards, 7.5.1.1.3  */
#define HEADER_MULTI        0x80                    /* 6.2.1                                                    */

static bool present (unsigned function) { return (pci_config_read32 (function, REG_ID) & 0xffff) != ID_NONE; }

/* The answer to the second read comes behind all writes to memory that the function has sent (Express, 2.4.1) */
static void stop (struct pci_masters *m, unsigned function)
{
    uint16_t const command = pci_config_read16 (function, REG_COMMAND);

    m->functions++;

    if (!(command & COMMAND_MASTER))
        return;

    pci_config_write16 (function, REG_COMMAND, command & (uint16_t)~COMMAND_MASTER);

    if (pci_config_read16 (function, REG_COMMAND) & COMMAND_MASTER)
        m->stuck++;
    else
        m->off++;
}

static void walk (struct pci_masters *m, uint16_t segment, unsigned bus, paddr_t ecam)
{
    if (!pci_config_bus (segment, (uint8_t)bus, ecam)) {
        m->unreached += ecam != 0;
        return;
    }

    for (unsigned f = 0; f < FUNCTIONS; f++) {

        if (!present (f)) {
            f += f % 8 ? 0 : 7;
            continue;
        }

        stop (m, f);

        if (!(f % 8) && !(pci_config_read16 (f, REG_HEADER) & HEADER_MULTI))
            f += 7;
    }
}

/* Configuration space of a bus in memory, 0 if firmware names none */
static paddr_t ecam (struct pci_ecam const *e, unsigned count, uint16_t segment, unsigned bus)
{
    for (unsigned i = 0; i < count; i++)
        if (e[i].segment == segment && bus >= e[i].first && bus <= e[i].last)
            return e[i].base + bus * ECAM_BUS;

    return 0;
}

/* Segment 0 is there without being named. A segment that several entries name is walked once. */
struct pci_masters pci_masters_off (struct pci_ecam const *e, unsigned count)
{
    struct pci_masters m = { 0 };

    for (unsigned bus = BUSES; bus--; )
        walk (&m, 0, bus, ecam (e, count, 0, bus));

    for (unsigned i = 0; i < count; i++) {

        bool done = !e[i].segment;

        for (unsigned j = 0; j < i; j++)
            done |= e[j].segment == e[i].segment;

        for (unsigned bus = BUSES; !done && bus--; )
            walk (&m, e[i].segment, bus, ecam (e, count, e[i].segment, bus));
    }

    return m;
}
