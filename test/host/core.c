/* SPDX-License-Identifier: GPL-2.0-only */
/* Everything around the kernel's objects that their tests do not test: FPU, registers, IPC. */
#include <core.h>

#include <cpu.h>
#include <cpu_features.h>
#include <ec.h>
#include <fpu.h>
#include <init.h>
#include <ipc.h>
#include <pd.h>
#include <pt.h>
#include <rcu.h>
#include <recall.h>
#include <sc.h>
#include <scheduler.h>
#include <sm.h>
#include <space_hst.h>
#include <space_msr.h>
#include <space_obj.h>
#include <space_pio.h>
#include <space_stage2.h>
#include <tlb_hole.h>

bool core_1g = true;

bool cpu_has (enum cpu_feature f)
{
    assert_int_equal (f, CPU_PDPE1GB);
    return core_1g;
}

enum virt_kind core_virt;
unsigned core_ept_leaf_max = 2;
bool core_ept_x_only, core_ept_mbec;

enum virt_kind virt_kind (void)     { return core_virt; }
unsigned virt_ept_levels (void)     { return hpt_levels; }
unsigned virt_ept_leaf_max (void)   { return core_ept_leaf_max; }
bool     virt_ept_x_only (void)     { return core_ept_x_only; }
bool     virt_ept_mbec (void)       { return core_ept_mbec; }

struct acpi acpi;                                       /* no IOMMU, unless a test says so                          */

size_t fpu_size (void)      { return 576; }
void fpu_reset (void *area) { memset (area, 0x11, fpu_size()); }
void cpu_idle (void)        { fail(); }
void root_load (paddr_t r)  { (void)r; }

void ec_arch_init_regs (struct ec *ec, uint64_t sp) { REGS_SP (&ec->regs) = sp; }
void ec_arch_event (struct ec *ec, unsigned event)  { ec->regs.event = event; }
void ipc_event (struct ec *ec)                      { (void)ec; fail(); }

/* As in ipc.c */
struct ec *ipc_abort_caller (struct ec *ec)
{
    struct ec *const caller = ec->caller;

    if (caller == &ec_nobody)
        return NULL;

    bool const event = caller->reply & REPLY_EVENT;

    ec->caller = &ec_nobody;
    caller->callee = NULL;
    caller->reply = REPLY_NONE;

    return event ? caller : NULL;
}

void root_init (uint64_t *table, cpu_t cpu, struct space_pio const *pio)
{
    table[SLOT_KERNEL] = cpu + 1U;                      /* a mark                                                   */
    table[SLOT_PIO]    = space_pio_entry (pio);
}

void core_raise (void)
{
    core_settle();
    hpt_set_levels (5);
    assert_int_equal (space_pio_raise(), STATUS_SUCCESS);
}

uint64_t core_sample (unsigned n)
{
    static unsigned const index4[][4] = { { 0, 1, 2, 511 }, { 0, 1, 300, 511 }, { 0, 1, 2, 511 }, { 0, 1, 128, 255 } };
    static unsigned const index5[][4] = { { 0, 1, 2, 511 }, { 0, 511 }, { 0, 1, 2, 511 }, { 0, 511 }, { 0, 1, 128, 255 } };
    uint64_t va = 0;

    for (unsigned l = 0; l < hpt_levels; l++) {
        unsigned const *const index = hpt_levels == 4 ? index4[l] : index5[l];
        unsigned const values = index[2] ? 4 : 2;
        va |= (uint64_t)index[n % values] << (12 + 9 * l);
        n /= values;
    }

    return va;
}

void core_init (unsigned cpus)
{
    assert_true (cpus && cpus <= CORE_CPUS);

    core_pool_init();
    cpu_local.token = 1;
    rlx_store (&cpu_local.hole, tlb_hole_first (0));
    cpu_remote[0] = &cpu_local;

    for (unsigned c = cpus; c--; ) {                    /* CPU 0 last                                               */
        core_cpu (c);
        rcu_cpu_init();
        timeout_cpu_init();
        scheduler_cpu_init();
        cpuset_set (&cpus_online, (cpu_t)c);
    }

    pd_init();
    ec_init();
    sc_init();
    pt_init();
    sm_init();
    space_stage2_init();

    assert_int_equal (space_obj_nova_init(), STATUS_SUCCESS);
    assert_int_equal (space_hst_nova_init(), STATUS_SUCCESS);
    assert_int_equal (space_pio_init(), STATUS_SUCCESS);
    assert_int_equal (space_msr_init(), STATUS_SUCCESS);
}

void recall_serve (void) { }

void core_notice (void)
{
    if (!cpuset_test (&core_kicked, (cpu_t)cpu_local.id))
        return;

    cpuset_clear (&core_kicked, (cpu_t)cpu_local.id);
    cpu_kicked();
}

void core_settle (void)
{
    unsigned const self = cpu_local.id;

    for (unsigned idle = 0, n = 0; idle < 2; n++) {

        assert_true (n < 1000000);
        idle++;

        for (uint64_t m = cpus_online.bits; m; m &= m - 1) {

            core_cpu (bit_low (m));
            core_notice();

            if (cpu_local.hazard & HAZARD_RCU)
                idle = 0;
            while (rcu_quiescent()) ;
        }
    }

    core_cpu (self);
}
