/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration space of PCI, segment 0, by ports (PCI Local Bus specification 3.0, 3.2.2.3.2) */
#include <pci_config.h>

#include <pio.h>

enum { CONFIG_ADDRESS = 0xcf8, CONFIG_DATA = 0xcfc, CONFIG_ORD = 3 };

static uint32_t chosen;

bool pci_config_bus (uint16_t segment, uint8_t bus, paddr_t ecam)
{
    (void) ecam;
    chosen = UINT32_C (0x80000000) | (uint32_t) bus << 16;

    return !segment && (bus || root_grant_pio (CONFIG_ADDRESS, CONFIG_ORD) == STATUS_SUCCESS);
}

static uint16_t port (unsigned function, unsigned reg)
{
    pio_out32 (CONFIG_ADDRESS, chosen | function << 8 | (reg & 0xfc));

    return (uint16_t) (CONFIG_DATA + (reg & 3));
}

uint32_t pci_config_read32 (unsigned function, unsigned reg)              { return pio_in32 (port (function, reg)); }
uint16_t pci_config_read16 (unsigned function, unsigned reg)              { return pio_in16 (port (function, reg)); }
void     pci_config_write16 (unsigned function, unsigned reg, uint16_t v) { pio_out16 (port (function, reg), v); }
