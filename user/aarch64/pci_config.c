/* SPDX-License-Identifier: GPL-2.0-only */
/* Configuration space of PCI in memory (PCI Express Base specification 5.0, 7.2.2). What has been mapped stays: it is asked once. */
#include <pci_config.h>

#include <mem.h>

enum { BUS_SIZE = 1 << 20, FUNCTION_SIZE = 1 << 12 };

static char volatile *space;

bool pci_config_bus (uint16_t segment, uint8_t bus, paddr_t ecam)
{
    (void) segment;
    (void) bus;
    space = ecam ? mem_map (ecam, BUS_SIZE, PERM_MEM_R | PERM_MEM_W, MAD_IO) : NULL;

    return space;
}

static void volatile *reg (unsigned function, unsigned r) { return space + function * FUNCTION_SIZE + r; }

uint32_t pci_config_read32 (unsigned function, unsigned r)              { return *(uint32_t volatile *) reg (function, r); }
uint16_t pci_config_read16 (unsigned function, unsigned r)              { return *(uint16_t volatile *) reg (function, r); }
void     pci_config_write16 (unsigned function, unsigned r, uint16_t v) { *(uint16_t volatile *) reg (function, r) = v; }
