/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Contract: configuration space of PCI, one bus at a time. Boot CPU, during boot, interrupts off: nobody else may use it between
 * two of these calls. A function that is not there reads as all ones.
 */
#pragma once

#include <base/types.h>

/* Chooses a bus. ecam: physical address of its configuration space in memory, 0 if there is none. False: it cannot be reached. */
bool     pci_config_bus (uint16_t segment, uint8_t bus, paddr_t ecam);

/* Of the chosen bus; function: device number * 8 + function number; reg: a multiple of the access size, below 256 */
uint32_t pci_config_read32 (unsigned function, unsigned reg);
uint16_t pci_config_read16 (unsigned function, unsigned reg);
void     pci_config_write16 (unsigned function, unsigned reg, uint16_t v);
