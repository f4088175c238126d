/* SPDX-License-Identifier: GPL-2.0-only */
#include <string.h>
#include <thread.h>

uint32_t thread_continue (union utcb *u, void (*fn) (void *), void *arg, uintptr_t stack_top)
{
    memset (u->arch.gpr, 0, sizeof (u->arch.gpr));

    u->arch.gpr[4] = stack_top - 8;                     /* RSP as behind a call                                 */
    u->arch.gpr[7] = (uintptr_t) arg;                   /* RDI                                                  */
    u->arch.rip    = (uintptr_t) fn;

    return MTD_GPR_0_7 | MTD_RIP;
}
