/* SPDX-License-Identifier: GPL-2.0-only */
#include <exit.h>
#include <hypercall.h>
#include <pio.h>
#include <root.h>

enum { QEMU_EXIT = 0xf4, BOCHS_EXIT = 0x8900 };

_Noreturn void machine_exit (unsigned value)
{
    if (root_grant_pio (QEMU_EXIT, 0) == STATUS_SUCCESS)
        pio_out8 (QEMU_EXIT, (uint8_t) value);

    if (root_grant_pio (BOCHS_EXIT, 0) == STATUS_SUCCESS)
        for (char const *s = "Shutdown"; *s; s++)
            pio_out8 (BOCHS_EXIT, (uint8_t) *s);

    uint64_t const sm = sel_alloc (0);

    for (hyp_create_sm (sm, sel_root_pd(), 0); ; hyp_sm_down (sm, 0)) ;
}
