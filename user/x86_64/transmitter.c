/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * COM1, a 16550, whether it is the console or not: its holding register is empty when nothing was sent, and enabling the interrupt for
 * that raises it (PC16550D, 8.5 and 8.6). ISA interrupt 4, edge-triggered, at the pin that an override of the MADT names, else 4.
 */
#include <transmitter.h>

#include <abi/syscall.h>
#include <pio.h>
#include <tables.h>

enum { COM1 = 0x3f8, PORTS_ORD = 3, ISA = 4, IER = 1, IIR = 2, MCR = 4, LSR = 5, SCR = 7 };
enum { IER_ETBEI = 1 << 1, MCR_OUT2 = 1 << 3, LSR_TEMT = 1 << 6, PATIENCE = 1 << 20 };

/* MPS INTI flags, ACPI 5.2.12.5: polarity and trigger mode; 0: as the bus has it, high and edge */
enum { INTI_LOW = 3, INTI_LEVEL = 3 << 2 };

static bool present (void)
{
    pio_out8 (COM1 + SCR, 0x5a);

    bool const first = pio_in8 (COM1 + SCR) == 0x5a;

    pio_out8 (COM1 + SCR, 0xa5);

    return first && pio_in8 (COM1 + SCR) == 0xa5;
}

bool transmitter_open (struct transmitter *t)
{
    struct acpi const *const acpi = tables();

    if (root_grant_pio (COM1, PORTS_ORD) != STATUS_SUCCESS || !present())
        return false;

    *t = (struct transmitter) { .pin = ISA };

    for (unsigned i = 0; i < acpi->overrides; i++)
        if (acpi->override[i].irq == ISA)
            *t = (struct transmitter) { .pin = acpi->override[i].gsi,
                                        .flags = ((acpi->override[i].flags & INTI_LEVEL) == INTI_LEVEL ? FLAG_INT_LEVEL : 0) |
                                                 ((acpi->override[i].flags & INTI_LOW)   == INTI_LOW   ? FLAG_INT_LOW   : 0) };

    for (unsigned i = 0; i < PATIENCE && !(pio_in8 (COM1 + LSR) & LSR_TEMT); i++) ;

    transmitter_lower();
    pio_out8 (COM1 + MCR, pio_in8 (COM1 + MCR) | MCR_OUT2);    /* on a PC, it lets the interrupt through       */

    return true;
}

void transmitter_raise (void) { pio_out8 (COM1 + IER, IER_ETBEI); }

/* Reading what the interrupt is for takes it back, and so does disabling it */
void transmitter_lower (void)
{
    pio_in8 (COM1 + IIR);
    pio_out8 (COM1 + IER, 0);
}
