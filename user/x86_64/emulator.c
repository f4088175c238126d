/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's isa-debug-exit device at 0xf4 makes the exit status value << 1 | 1; Bochs stops at port 0x8900. */
#include <exit.h>
#include <pio.h>

enum { QEMU_EXIT = 0xf4, BOCHS_EXIT = 0x8900 };

void emulator_exit (unsigned value)
{
    if (root_grant_pio (QEMU_EXIT, 0) == STATUS_SUCCESS)
        pio_out8 (QEMU_EXIT, (uint8_t) value);

    if (root_grant_pio (BOCHS_EXIT, 0) == STATUS_SUCCESS)
        for (char const *s = "Shutdown"; *s; s++)
            pio_out8 (BOCHS_EXIT, (uint8_t) *s);
}
