/* SPDX-License-Identifier: GPL-2.0-only */
#include <hypercall.h>
#include <pio.h>
#include <root.h>

enum status root_grant_pio (uint16_t base, unsigned ord)
{
    return hyp_ctrl_pd (SEL_NOVA_PIO, SEL_ROOT_PIO, base, base, ord, PERM_PIO_A, 0);
}
