/* SPDX-License-Identifier: GPL-2.0-only */
#include <fault.h>

uint32_t const fault_mtd = MTD_EL2_ELR_SPSR | MTD_EL2_ESR_FAR;

void fault_read (union utcb const *u, struct fault *f)
{
    f->ip      = u->arch.elr_el2;
    f->error   = u->arch.esr_el2;
    f->address = u->arch.far_el2;
}
