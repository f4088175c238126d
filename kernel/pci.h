/* SPDX-License-Identifier: GPL-2.0-only */
/* PCI devices at boot: nobody but a CPU may write to memory while the kernel is set up. */
#pragma once

#include <base/types.h>

/* Configuration space of some buses in memory. base: of bus 0 of the segment, whatever the first bus is */
struct pci_ecam { paddr_t base; uint16_t segment; uint8_t first, last; };

struct pci_masters { unsigned functions, off, stuck, unreached; };

/*
 * Turns bus mastering off on every function of every bus and waits until what was on its way has arrived. Returns how many functions
 * there are, how many were bus masters and are no more, how many cannot be told to stop, and how many buses have their configuration
 * space, as firmware has it, where none can be. Boot CPU, interrupts off.
 */
struct pci_masters pci_masters_off (struct pci_ecam const *, unsigned count);

/*
 * The same with lines about it, unless the command line forbids: from here on no device writes to memory unless the root task lets it.
 * There is no moment between firmware and the IOMMU.
 */
void pci_stop (struct pci_ecam const *, unsigned count);
