/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A UART on PCI: class 07, subclass 00, programming interfaces of 8250 to 16950, all of which a driver of the 16550 can use (PCI Code
 * and ID Assignment specification 1.11, 1.8). PCI Local Bus specification 3.0, chapter 6. Shared with root tasks.
 */
#include <pci.h>

#include <base/macros.h>
#include <pci_config.h>

#define BUSES           256
#define FUNCTIONS       256                             /* of a bus                                                 */
#define ECAM_BUS        MIB

#define REG_ID          0x00
#define REG_COMMAND     0x04
#define REG_CLASS       0x08                            /* class, subclass, programming interface, revision         */
#define REG_HEADER      0x0e
#define REG_BAR         0x10

#define CLASS_SERIAL    0x0700
#define INTERFACE_MAX   6                               /* 16950                                                    */
#define COMMAND_IO      0x1
#define COMMAND_MEMORY  0x2
#define BARS            6
#define BAR_IO          0x1
#define BAR_64          0x4
#define BAR_TYPE        0x6
#define REGISTERS       8U

/* An address that firmware has given to the function. The first register of a 16550 is the first byte there, they lie side by side. */
static bool address (struct pci_uart *out, unsigned f, bool ports)
{
    for (unsigned i = 0; i < BARS; i++) {

        uint32_t const bar = pci_config_read32 (f, REG_BAR + 4 * i);

        if (bar & BAR_IO) {

            uint32_t const port = bar & ~3U;

            if (ports && port && port <= UINT16_MAX + 1U - REGISTERS) {
                *out = (struct pci_uart) { port, true };
                return true;
            }

            continue;
        }

        bool const wide = (bar & BAR_TYPE) == BAR_64;
        uint64_t const high = wide && i + 1 < BARS ? pci_config_read32 (f, REG_BAR + 4 * ++i) : 0, addr = high << 32 | (bar & ~0xfU);

        if (addr && addr <= UINT64_MAX - PAGE_SIZE) {
            *out = (struct pci_uart) { addr, false };
            return true;
        }
    }

    return false;
}

static bool uart (struct pci_uart *out, unsigned f, bool ports)
{
    uint32_t const class = pci_config_read32 (f, REG_CLASS);

    if (class >> 16 != CLASS_SERIAL || (class >> 8 & 0xff) > INTERFACE_MAX || pci_config_read16 (f, REG_HEADER) & 0x7f ||
        !address (out, f, ports))
        return false;

    uint16_t const command = pci_config_read16 (f, REG_COMMAND), on = out->port ? COMMAND_IO : COMMAND_MEMORY;

    if (!(command & on))
        pci_config_write16 (f, REG_COMMAND, command | on);

    return pci_config_read16 (f, REG_COMMAND) & on;
}

static bool bus_uart (struct pci_uart *out, bool ports)
{
    for (unsigned f = 0; f < FUNCTIONS; f++) {

        bool const there = (pci_config_read32 (f, REG_ID) & 0xffff) != 0xffff;

        if (there && uart (out, f, ports))
            return true;

        if (!(f % 8) && (!there || !(pci_config_read16 (f, REG_HEADER) & 0x80)))
            f += 7;
    }

    return false;
}

bool pci_uart_find (struct pci_uart *out, struct pci_ecam const *e, unsigned count, bool ports)
{
    for (unsigned bus = 0; bus < BUSES; bus++) {

        paddr_t space = 0;

        for (unsigned i = 0; i < count && !space; i++)
            if (!e[i].segment && bus >= e[i].first && bus <= e[i].last)
                space = e[i].base + bus * ECAM_BUS;

        if (pci_config_bus (0, (uint8_t)bus, space) && bus_uart (out, ports))
            return true;
    }

    return false;
}
