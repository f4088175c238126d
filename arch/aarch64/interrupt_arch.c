/* SPDX-License-Identifier: GPL-2.0-only */
#include <interrupt_arch.h>

#include <abi/syscall.h>
#include <gic.h>
#include <interrupt.h>
#include <root.h>

void interrupt_configure (unsigned i, uint32_t cpu, unsigned flags, bool held)
{
    gic_spi_configure (i, (cpu_t)cpu, flags & FLAG_INT_MASK, flags & FLAG_INT_LEVEL, held);
}

bool interrupt_hold (unsigned i, bool level, bool held)
{
    (void) held;

    gic_eoi (i + GIC_SPI_BASE);

    if (!level)
        gic_deactivate (i + GIC_SPI_BASE);

    return level;
}

void interrupt_release (unsigned i) { gic_deactivate (i + GIC_SPI_BASE); }

void interrupt_handle (uint32_t ack)
{
    unsigned const i = gic_id (ack) - GIC_SPI_BASE;

    if (interrupt_accept (i))
        interrupt_signal (i);
}
