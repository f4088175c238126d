/* SPDX-License-Identifier: GPL-2.0-only */
/* What every CPU does for itself, the boot CPU included. */
#include <init.h>

#include <cet.h>
#include <clock.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <desc.h>
#include <ec.h>
#include <exception.h>
#include <fpu.h>
#include <hpt.h>
#include <lapic.h>
#include <msr.h>
#include <panic.h>
#include <pcid.h>
#include <sc.h>
#include <scheduler_hot.h>
#include <smp.h>
#include <space_obj.h>
#include <trace.h>

bool bootstrap (void)
{
    struct sc *sc;
    cpu_t const cpu = (cpu_t)cpu_local.id;

    wrmsr (IA32_PAT, PAT_VALUE);
    trace_cpu_init();
    desc_cpu_syscall();
    fpu_init();
    rcu_cpu_init();
    timeout_cpu_init();
    scheduler_cpu_init();

    if (cpu == 0)                                       /* needs the size of the FPU state                          */
        ec_init();

    struct ec *const idle = ec_create_idle (cpu);

    if (!idle || sc_create (&sc, idle, 1000, 0, 0) != STATUS_SUCCESS)
        return false;

    kobject_ref (&sc->obj);
    if (space_obj_insert (&space_obj_nova, cpu, cap_make (&sc->obj, KOBJECT_SC, PERM_SC_ALL)) != STATUS_SUCCESS)
        return false;

    cpu_local.idle = cpu_local.current = idle;
    scheduler_ready (sc);

    return true;
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
