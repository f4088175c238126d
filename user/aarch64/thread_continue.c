/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>
#include <thread.h>

uint32_t thread_continue (union utcb *u, void (*fn) (void *), void *arg, uintptr_t stack_top)
{
    memset (u->arch.gpr, 0, sizeof (u->arch.gpr));

    u->arch.gpr[0]   = (uintptr_t) arg;
    u->arch.sp_el0   = stack_top;
    u->arch.elr_el2  = (uintptr_t) fn;
    u->arch.spsr_el2 = 0;                               /* condition flags: nothing else is ours to write       */

    return MTD_GPR | MTD_EL0_SP | MTD_EL2_ELR_SPSR;
}
