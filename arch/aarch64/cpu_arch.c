/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals between CPUs, idling, stopping. */
#include <cpu.h>

#include <cpu_local.h>
#include <gic.h>
#include <preempt.h>

void cpu_kick (cpu_t c) { gic_sgi (cpu_remote[c]->arch.sgi_target, SGI_KICK); }

void cpus_kick (struct cpuset const *s)
{
    for (uint64_t m = s->bits; m; m &= m - 1)
        cpu_kick ((cpu_t)bit_low (m));
}

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

void cpus_stop_others (void)
{
    for (uint64_t m = cpus_online.bits; m; m &= m - 1) {
        cpu_t const c = (cpu_t)bit_low (m);
        if (c != cpu_local.id)
            gic_sgi (cpu_remote[c]->arch.sgi_target, SGI_STOP);
    }
}
