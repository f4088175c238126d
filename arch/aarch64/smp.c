/* SPDX-License-Identifier: GPL-2.0-only */
/* Start of the other CPUs by PSCI, one after the other. */
#include <smp.h>

#include <base/atomic.h>
#include <base/macros.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_local.h>
#include <init.h>
#include <kmem.h>
#include <pause.h>
#include <platform.h>
#include <pmap.h>
#include <psci.h>
#include <space_hst.h>
#include <sysreg.h>
#include <timer.h>

#define TIMEOUT_MS 1000

static _Atomic (uint32_t) online;                       /* Ordering: release by the new CPU, acquire by the boot CPU */

unsigned smp_cpus (void)
{
    unsigned cpus = 1;

    for (unsigned i = 0; i < platform.cpus; i++)
        cpus += platform.mpidr[i] != cpu_local.arch.mpidr;

    return MIN (cpus, (unsigned)CPU_MAX);
}

void smp_online (void) { atomic_add (&online, 1); }

static bool wait_online (uint32_t count)
{
    uint64_t const end = timer_now() + timer_ms_to_ticks (TIMEOUT_MS);

    while (acq_load (&online) != count) {
        if (timer_now() >= end)
            return false;
        pause();
    }

    return true;
}

/* Its area stays allocated when it does not answer, because it might still come; then the next one must not reuse the entry of start.S */
static bool start (cpu_t cpu, uint64_t mpidr, bool *late)
{
    struct cpu_local *const local = pmap_cpu_create (cpu);

    if (!local) {
        print ("CPU: out of memory for the CPU with affinity %#lx", mpidr);
        return false;
    }

    local->arch.mpidr = mpidr;
    local->arch.start = bootstrap_ap;
    atomic_init (&local->root, 0);
    cpu_remote[cpu]   = local;

    /* It begins with its caches off, but nothing of what it reads then has ever been written with caches on */
    uint32_t const count = rlx_load (&online) + 1;

    dsb (ishst);                                        /* its tables are there before it walks them                */

    int32_t const error = psci_cpu_on (mpidr, kmem_phys ((void *)LINK_ADDR) + (addr_cpu_enter - LOAD_ADDR), local->arch.below);

    if (error || !wait_online (count)) {
        print ("CPU: the CPU with affinity %#lx does not start (%d), going on without it", mpidr, error);
        cpu_remote[cpu] = NULL;
        *late = !error;
        return false;
    }

    cpuset_set (&cpus_online, cpu);

    return true;
}

void smp_start (void)
{
    cpu_t cpu = 1;
    bool late = false;

    for (unsigned i = 0; i < platform.cpus && cpu < CPU_MAX && psci_present() && !late; i++)
        if (platform.mpidr[i] != cpu_local.arch.mpidr)
            cpu = (cpu_t)(cpu + start (cpu, platform.mpidr[i], &late));

    if (platform.cpus_left || late)
        print ("CPU: the others stay parked");

    print ("CPU: %u online", cpu);
}
