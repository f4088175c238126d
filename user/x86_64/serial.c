/* SPDX-License-Identifier: GPL-2.0-only */
/* A 16550 at I/O ports, by default COM1, polled. */
#include <serial.h>

#include <hypercall.h>
#include <pio.h>
#include <root.h>

enum { COM1 = 0x3f8, PORTS_ORD = 3, THR = 0, LSR = 5, LSR_THRE = 1 << 5, LSR_TEMT = 1 << 6, PATIENCE = 1 << 20 };

static uint16_t port;

bool serial_init (void)
{
    uint64_t const p = root_option_number ("uart", COM1);

    if (!p || p >= 0x10000 || p & 7 || root_grant_pio ((uint16_t) p, PORTS_ORD) != STATUS_SUCCESS)
        return false;

    port = (uint16_t) p;

    return true;
}

/* A transmitter that does not get ready, for example because it does not exist, costs time but no hang */
void serial_put (char c)
{
    for (unsigned i = 0; i < PATIENCE && !(pio_in8 (port + LSR) & LSR_THRE); i++) ;

    pio_out8 (port + THR, (uint8_t) c);
}

void serial_flush (void)
{
    for (unsigned i = 0; i < PATIENCE && !(pio_in8 (port + LSR) & LSR_TEMT); i++) ;
}
