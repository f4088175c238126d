/* SPDX-License-Identifier: GPL-2.0-only */
/* What every CPU does for itself. */
#include <init.h>

#include <bootstrap_cpu.h>
#include <cet.h>
#include <clock.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <desc.h>
#include <exception.h>
#include <hpt.h>
#include <lapic.h>
#include <msr.h>
#include <panic.h>
#include <pcid.h>
#include <pmu.h>
#include <smp.h>
#include <trace.h>

void bootstrap_arch (void)
{
    wrmsr (IA32_PAT, PAT_VALUE);
    trace_cpu_init();
    pmu_cpu_init();
    desc_cpu_syscall();
}

uint32_t bootstrap_stack (void)
{
    cpu_features_enable();
    desc_cpu_init();

    return cet_cpu_init();
}

INDIRECT_TARGET void bootstrap_ap (void)
{
    if (!cet_cpu_check())
        panic ("CPU %u: control-flow protection is not what was switched on", cpu_local.id);
    pcid_cpu_init();
    clock_cpu_init();
    lapic_cpu_init();

    if (!bootstrap())
        panic ("out of memory for CPU %u", cpu_local.id);

    smp_online();
    run_first();
}
