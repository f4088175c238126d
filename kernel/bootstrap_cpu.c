/* SPDX-License-Identifier: GPL-2.0-only */
/* What every CPU needs before it runs anything, the boot CPU included, and what the objects need before. */
#include <bootstrap_cpu.h>

#include <cpu_local.h>
#include <ec.h>
#include <fpu.h>
#include <pd.h>
#include <pt.h>
#include <sc.h>
#include <scheduler_hot.h>
#include <sm.h>
#include <space_msr.h>
#include <space_obj.h>
#include <space_stage2.h>

bool objects_init (void)
{
    pd_init();
    sc_init();
    pt_init();
    sm_init();
    space_stage2_init();

    return space_obj_nova_init() == STATUS_SUCCESS && space_msr_init() == STATUS_SUCCESS;
}

bool bootstrap (void)
{
    struct sc *sc;
    cpu_t const cpu = (cpu_t)cpu_local.id;

    bootstrap_arch();
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
