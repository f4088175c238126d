/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The console that firmware names, polled: a PL011 (Arm DDI 0183, 3.2) or the part of it that the SBSA wants, by the device tree or by ACPI
 * tables; a 16550 in memory, by ACPI tables or on PCI. uart=ADDRESS is a PL011.
 */
#include <serial.h>

#include <devicetree.h>
#include <mem.h>
#include <pci.h>
#include <root.h>
#include <tables.h>

enum { UARTDR = 0x00, UARTFR = 0x18, UARTFR_BUSY = 1 << 3, UARTFR_TXFF = 1 << 5, REGS_SIZE = 0x1000 };
enum { THR = 0, LSR = 5, LSR_THRE = 1 << 5, LSR_TEMT = 1 << 6 };       /* PC16550D, 8.4                             */

static uint8_t volatile *regs;
static unsigned stride, width;                          /* of a 16550; 0: it is a PL011                         */

static uint64_t base (void)
{
    struct acpi const *const acpi = tables();
    struct pci_uart pci;
    uint64_t addr;

    if (dt_console ("arm,pl011", &addr) || dt_console ("arm,sbsa-uart", &addr))
        return addr;

    if (!acpi->uart.addr && pci_uart_find (&pci, acpi->ecam, acpi->ecams, false)) {
        stride = width = 1;
        return pci.addr;
    }

    if (acpi->uart.space != ACPI_GAS_MEMORY)
        return 0;

    if (acpi->uart_kind == ACPI_UART_16550) {
        stride = acpi_gas_stride (&acpi->uart);
        width  = acpi_gas_width (&acpi->uart);
    }

    return acpi->uart.addr;
}

bool serial_init (void)
{
    uint64_t const named = base(), phys = root_option_number ("uart", named);

    if (phys != named)
        stride = 0;

    if (phys && !(phys & ((stride ? stride : 4) - 1)))
        regs = mem_map (phys, REGS_SIZE, PERM_MEM_R | PERM_MEM_W, MAD_IO);

    return regs;
}

/* 32-bit accesses: a UART that implements the SBSA subset need not know others */
static uint32_t volatile *reg (unsigned offset) { return (void volatile *) (regs + offset); }

static unsigned get (unsigned r)
{
    void volatile *const p = regs + r * stride;

    return width == 4 ? *(uint32_t volatile *) p : width == 2 ? *(uint16_t volatile *) p : *(uint8_t volatile *) p;
}

static void put (unsigned r, uint8_t v)
{
    void volatile *const p = regs + r * stride;

    if (width == 4)
        *(uint32_t volatile *) p = v;
    else if (width == 2)
        *(uint16_t volatile *) p = v;
    else
        *(uint8_t volatile *) p = v;
}

bool serial_room (void) { return stride ? get (LSR) & LSR_THRE : !(*reg (UARTFR) & UARTFR_TXFF); }
bool serial_idle (void) { return stride ? get (LSR) & LSR_TEMT : !(*reg (UARTFR) & UARTFR_BUSY); }

void serial_put (char c)
{
    if (stride)
        put (THR, (uint8_t) c);
    else
        *reg (UARTDR) = (uint8_t) c;
}
