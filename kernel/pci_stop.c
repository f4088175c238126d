/* SPDX-License-Identifier: GPL-2.0-only */
/* Devices at boot, as the command line wants it. */
#include <pci.h>

#include <cmdline.h>
#include <console/console.h>

void pci_stop (struct pci_ecam const *e, unsigned count)
{
    if (cmdline_is ("busmaster", "keep")) {
        print ("PCI: bus masters are left running");
        return;
    }

    struct pci_masters const m = pci_masters_off (e, count);

    print ("PCI: %u functions, %u bus masters turned off, %u cannot be", m.functions, m.off, m.stuck);

    if (m.unreached)
        print ("PCI: %u buses have no configuration space where firmware says", m.unreached);
}
