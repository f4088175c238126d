/* SPDX-License-Identifier: GPL-2.0-only */
/* The console's PL011: the interrupt of its transmitter stands from the first character on (Arm DDI 0183, 3.3.11, 3.4). */
#include <transmitter.h>

#include <abi/syscall.h>
#include <console.h>
#include <devicetree.h>
#include <mem.h>
#include <tables.h>

enum { UARTIMSC = 0x38, TXIM = 1 << 5, SPI_BASE = 32, REGS_SIZE = 0x1000 };

static uint32_t volatile *imsc;

bool transmitter_open (struct transmitter *t)
{
    uint64_t phys;

    *t = (struct transmitter) { .flags = FLAG_INT_LEVEL };

    if (!dt_console ("arm,pl011", &phys) || !dt_console_pin ("arm,pl011", &t->pin)) {

        struct acpi const *const a = tables();

        if (a->uart_kind != ACPI_UART_PL011 || a->uart_interrupt < SPI_BASE)
            return false;

        phys   = a->uart.addr;
        t->pin = a->uart_interrupt - SPI_BASE;
    }

    uint8_t *const regs = imsc ? NULL : mem_map (phys, REGS_SIZE, PERM_MEM_R | PERM_MEM_W, MAD_IO);

    if (regs)
        imsc = (void *) (regs + UARTIMSC);

    if (!imsc)
        return false;

    console_flush();
    transmitter_lower();

    return true;
}

void transmitter_raise (void) { *imsc = *imsc | TXIM; }
void transmitter_lower (void) { *imsc = *imsc & ~(uint32_t) TXIM; }
