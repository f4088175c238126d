/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals between CPUs, idling, stopping. */
#include <cpu.h>

#include <cpu_local.h>
#include <gic.h>
#include <preempt.h>

void cpu_kick (cpu_t c) { gic_sgi (cpu_remote[c]->arch.sgi_target, SGI_KICK); }

void cpu_stop (cpu_t c) { gic_sgi (cpu_remote[c]->arch.sgi_target, SGI_STOP); }

/* WFI ends when an interrupt is pending, masked or not, so none slips in between (Arm ARM, D1.6.1). The timer may just have been set: ISB
 * makes sure that it is before the CPU waits. */
void cpu_idle (void)
{
    __asm__ volatile ("dsb sy; isb; wfi" : : : "memory");
    preemption_point();
}

void cpu_halt_forever (void)
{
    for (;;)
        __asm__ volatile ("msr daifset, #15; wfi");
}
