/* SPDX-License-Identifier: GPL-2.0-only */
/* The transmitter of the console's PL011: its interrupt stands from the first character on (Arm DDI 0183, 3.3.11, 3.4). */
#include <devicetree.h>
#include <interrupt.h>
#include <mem.h>
#include <tables.h>

enum { UARTIMSC = 0x38, TXIM = 1 << 5, SPI_BASE = 32 };

static uint32_t volatile *imsc;

unsigned interrupt_source (void)
{
    unsigned pin;
    uint64_t phys;

    if (!dt_console ("arm,pl011", &phys) || !dt_pin ("arm,pl011", &pin)) {

        struct acpi const *const a = tables();

        if (a->uart_kind != ACPI_UART_PL011 || a->uart_interrupt < SPI_BASE)
            return 0;

        phys = a->uart.addr;
        pin  = a->uart_interrupt - SPI_BASE;
    }

    uint8_t *const regs = imsc ? NULL : mem_map (phys, 4096, PERM_MEM_R | PERM_MEM_W, MAD_IO);

    if (regs)
        imsc = (void *) (regs + UARTIMSC);

    return imsc ? pin : 0;
}

void interrupt_start (unsigned pin) { (void) pin; *imsc = *imsc | TXIM; }
void interrupt_silence (void) { *imsc = *imsc & ~(uint32_t) TXIM; }
