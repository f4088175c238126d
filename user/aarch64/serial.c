/* SPDX-License-Identifier: GPL-2.0-only */
/* A PL011, polled (Arm DDI 0183, 3.2): the one that the devicetree names as console, or uart=ADDRESS. */
#include <serial.h>

#include <devicetree.h>
#include <mem.h>
#include <root.h>

enum { UARTDR = 0x00, UARTFR = 0x18, UARTFR_BUSY = 1 << 3, UARTFR_TXFF = 1 << 5, REGS_SIZE = 0x1000, PATIENCE = 1 << 20 };

static uint8_t volatile *regs;

static uint64_t base (void)
{
    uint64_t addr;

    return dt_console ("arm,pl011", &addr) ? addr : 0;
}

bool serial_init (void)
{
    uint64_t const phys = root_option_number ("uart", base());

    if (phys && !(phys & (REGS_SIZE - 1)))
        regs = mem_map (phys, REGS_SIZE, PERM_MEM_R | PERM_MEM_W, MAD_IO);

    return regs;
}

/* 32-bit accesses: a UART that implements the SBSA subset need not know others */
static uint32_t volatile *reg (unsigned offset) { return (void volatile *) (regs + offset); }

/* A transmitter that does not get ready, for example because it does not exist, costs time but no hang */
void serial_put (char c)
{
    for (unsigned i = 0; i < PATIENCE && *reg (UARTFR) & UARTFR_TXFF; i++) ;

    *reg (UARTDR) = (uint8_t) c;
}

void serial_flush (void)
{
    for (unsigned i = 0; i < PATIENCE && *reg (UARTFR) & UARTFR_BUSY; i++) ;
}
