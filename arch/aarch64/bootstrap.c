/* SPDX-License-Identifier: GPL-2.0-only */
/* What every CPU but the boot CPU does for itself. */
#include <init.h>

#include <bootstrap_cpu.h>
#include <cfp_arch.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <exception.h>
#include <gic.h>
#include <panic.h>
#include <platform.h>
#include <pmu.h>
#include <smp.h>
#include <space_hst.h>
#include <sysreg.h>
#include <trace.h>

void bootstrap_arch (void)
{
    trace_cpu_init();
    pmu_cpu_init();

    if (cpu_local.trace.ring) {
        sysreg_write (vbar_el2, (uintptr_t)vectors_traced);
        isb();
    }
}

INDIRECT_TARGET void bootstrap_ap (void)
{
    space_hst_switch (space_hst_root (&space_hst_nova, NULL, (cpu_t)cpu_local.id));
    cpu_features_enable();
    cfp_cpu_enable();

    if (!cfp_cpu_check())
        panic ("CFP: CPU %u does not have what was switched on", cpu_local.id);

    if (!gic_cpu_init (platform.timer_ppi))             /* the boot CPU waits for it in vain, and goes on           */
        cpu_halt_forever();

    if (!bootstrap())
        panic ("out of memory for CPU %u", cpu_local.id);

    smp_online();
    run_first();
}
