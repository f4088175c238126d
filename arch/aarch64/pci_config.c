/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration space of PCI in memory (PCI Express Base specification 5.0, 7.2.2): there is no other way on Arm. */
#include <pci_config.h>

#include <base/macros.h>
#include <mmio.h>
#include <mmio_access.h>

static volatile void *space;                            /* of the chosen bus, 4 KiB for each function               */

bool pci_config_bus (uint16_t segment, uint8_t bus, paddr_t ecam)
{
    (void)segment;
    (void)bus;
    space = ecam ? mmio_window (ecam, MIB) : NULL;

    return space;
}

uint32_t pci_config_read32 (unsigned function, unsigned reg)             { return mmio_read32 (space, function * PAGE_SIZE + reg); }
uint16_t pci_config_read16 (unsigned function, unsigned reg)             { return mmio_read16 (space, function * PAGE_SIZE + reg); }
void     pci_config_write16 (unsigned function, unsigned reg, uint16_t v) { mmio_write16 (space, function * PAGE_SIZE + reg, v); }
