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

/* Registers of a 16550, side by side: at a port, or in memory */
struct pci_uart { paddr_t addr; bool port; };

/*
 * The first UART of segment 0 that firmware has given an address to, in the order of buses; it decodes that address from now on.
 * ports: those of the machine can be used. False: there is none. Boot CPU, interrupts off; root tasks have their own pci_config.
 */
bool pci_uart_find (struct pci_uart *, struct pci_ecam const *, unsigned count, bool ports);
