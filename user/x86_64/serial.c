/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * A 16550, polled: the one that uart=PORT names, else as the kernel looks for its own (doc/boot.md) the one of the ACPI tables SPCR
 * and DBG2, COM1, the first one on PCI.
 */
#include <serial.h>

#include <hypercall.h>
#include <mem.h>
#include <pci.h>
#include <pio.h>
#include <root.h>
#include <tables.h>

enum { COM1 = 0x3f8, PORTS = 8, REGS_SIZE = 0x1000 };
enum { THR = 0, DLL = 0, DLM = 1, FCR = 2, LCR = 3, MCR = 4, LSR = 5, SCR = 7 };                                /* PC16550D, 8   */
enum { FCR_CLEAR = 7, LCR_8N1 = 3, LCR_DLAB = 0x80, MCR_DTR_RTS = 3, LSR_THRE = 1 << 5, LSR_TEMT = 1 << 6, ABSENT = 0xff };

static struct uart {
    uint16_t        port;                               /* if regs is null                                      */
    uint8_t volatile *regs;
    unsigned        stride, width;                      /* of registers in memory                               */
} uart;

static unsigned get (unsigned r)
{
    if (!uart.regs)
        return pio_in8 ((uint16_t) (uart.port + r));

    void volatile *const p = uart.regs + r * uart.stride;

    return uart.width == 4 ? *(uint32_t volatile *) p : uart.width == 2 ? *(uint16_t volatile *) p : *(uint8_t volatile *) p;
}

static void put (unsigned r, uint8_t v)
{
    if (!uart.regs) {
        pio_out8 ((uint16_t) (uart.port + r), v);
        return;
    }

    void volatile *const p = uart.regs + r * uart.stride;

    if (uart.width == 4)
        *(uint32_t volatile *) p = v;
    else if (uart.width == 2)
        *(uint16_t volatile *) p = v;
    else
        *(uint8_t volatile *) p = v;
}

/* The line status of a UART that exists is never all ones; the scratch register, where it exists, settles the rest */
static bool present (void)
{
    if ((get (LSR) & 0xff) != ABSENT)
        return true;

    put (SCR, 0x5a);

    return (get (SCR) & 0xff) == 0x5a;
}

static bool at_port (uint64_t p)
{
    uart = (struct uart) { .port = (uint16_t) p };

    if (!p || p > 0x10000 - PORTS)
        return false;

    for (unsigned i = 0; i < PORTS; i++)                /* firmware's need not be aligned                       */
        if (root_grant_pio ((uint16_t) (p + i), 0) != STATUS_SUCCESS)
            return false;

    return true;
}

static bool at_memory (uint64_t phys, unsigned stride, unsigned width)
{
    uart = (struct uart) { .regs = mem_map (phys, REGS_SIZE, PERM_MEM_R | PERM_MEM_W, MAD_IO), .stride = stride, .width = width };

    return uart.regs;
}

static bool named (void)
{
    struct acpi const *const acpi = tables();
    struct acpi_gas const *const g = &acpi->uart;

    if (!g->addr || acpi->uart_kind != ACPI_UART_16550)
        return false;

    return (g->space == ACPI_GAS_IO ? at_port (g->addr) : at_memory (g->addr, acpi_gas_stride (g), acpi_gas_width (g))) && present();
}

/* Where the kernel has found another UART, nobody has set this one up: 115200 baud of the usual clock, 8N1 */
static bool on_pci (void)
{
    struct pci_uart p;

    if (!pci_uart_find (&p, NULL, 0, true) || !(p.port ? at_port (p.addr) : at_memory (p.addr, 1, 1)) || !present())
        return false;

    put (LCR, LCR_DLAB | LCR_8N1);
    put (DLL, 1);
    put (DLM, 0);
    put (LCR, LCR_8N1);
    put (FCR, FCR_CLEAR);
    put (MCR, MCR_DTR_RTS);

    return true;
}

bool serial_init (void)
{
    uint64_t const wanted = root_option_number ("uart", 0);

    return wanted ? at_port (wanted) : named() || (at_port (COM1) && present()) || on_pci();
}

bool serial_room (void) { return get (LSR) & LSR_THRE; }
bool serial_idle (void) { return get (LSR) & LSR_TEMT; }
void serial_put (char c) { put (THR, (uint8_t) c); }
