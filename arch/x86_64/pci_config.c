/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Configuration space of PCI. Segment 0 by the ports that every PC has (PCI Local Bus specification 3.0, 3.2.2.3.2), so that it
 * does not depend on what firmware says; the other segments through memory (PCI Express Base specification 5.0, 7.2.2).
 */
#include <pci_config.h>

#include <mmio.h>
#include <pio.h>

#define CONFIG_ADDRESS  0xcf8
#define CONFIG_DATA     0xcfc
#define CONFIG_ENABLE   0x80000000u
#define ECAM_BUS        MIB

static volatile void *space;                            /* of the bus, in memory; null: by ports                    */
static uint32_t ports;                                  /* CONFIG_ADDRESS of its first register                     */

bool pci_config_bus (uint16_t segment, uint8_t bus, paddr_t ecam)
{
    ports = CONFIG_ENABLE | (uint32_t)bus << 16;
    space = segment && ecam ? mmio_window (ecam, ECAM_BUS) : NULL;

    return !segment || space;
}

static uint16_t data_port (unsigned function, unsigned reg)
{
    pio_out32 (CONFIG_ADDRESS, ports | function << 8 | (reg & 0xfc));

    return (uint16_t)(CONFIG_DATA + (reg & 3));
}

static volatile void *address (unsigned function, unsigned reg) { return (volatile char *)space + (function << 12 | reg); }

/* In memory, some CPUs want all accesses through the A register (AMD family 10h BKDG 3.62, 2.11.1, and later families) */
uint32_t pci_config_read32 (unsigned function, unsigned reg)
{
    uint32_t v;

    if (!space)
        return pio_in32 (data_port (function, reg));

    __asm__ volatile ("movl %1, %0" : "=a" (v) : "m" (*(volatile uint32_t *)address (function, reg)) : "memory");

    return v;
}

uint16_t pci_config_read16 (unsigned function, unsigned reg)
{
    uint16_t v;

    if (!space)
        return pio_in16 (data_port (function, reg));

    __asm__ volatile ("movw %1, %0" : "=a" (v) : "m" (*(volatile uint16_t *)address (function, reg)) : "memory");

    return v;
}

void pci_config_write16 (unsigned function, unsigned reg, uint16_t v)
{
    if (!space)
        pio_out16 (data_port (function, reg), v);
    else
        __asm__ volatile ("movw %1, %0" : "=m" (*(volatile uint16_t *)address (function, reg)) : "a" (v) : "memory");
}
