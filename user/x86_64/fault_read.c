/* SPDX-License-Identifier: GPL-2.0-only */
#include <fault.h>

uint32_t const fault_mtd = MTD_RIP | MTD_QUAL;

void fault_read (union utcb const *u, struct fault *f)
{
    f->ip      = u->arch.rip;
    f->error   = u->arch.qual[0];
    f->address = u->arch.qual[1];
}
