/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance counters, PMUv3 (Arm ARM, D11, D17.5): one for cycles, up to 31 for events, whose numbers the architecture defines. They
 * are EL0's and EL1's as far as MDCR_EL2 is asked, and count at EL2 because each is told to (NSH).
 */
#include <pmu.h>

#include <base/macros.h>
#include <sysreg.h>

enum { EVENTS_MAX = PMU_CYCLE_COUNTER };                /* event counters                                           */

/* Numbers of events (Arm ARM, D11.11.2); cycles have a counter of their own. Below 64: PMCEID0_EL0 and PMCEID1_EL0 say what is there */
static uint8_t const number[PMU_EVENT_COUNT] = {
    [PMU_INSTRUCTIONS]  = 0x08,                         /* INST_RETIRED                                             */
    [PMU_BRANCH_MISSES] = 0x10,                         /* BR_MIS_PRED                                              */
    [PMU_L1D_MISSES]    = 0x03,                         /* L1D_CACHE_REFILL                                         */
    [PMU_L2_MISSES]     = 0x17,                         /* L2D_CACHE_REFILL                                         */
    [PMU_LLC_MISSES]    = 0x37,                         /* LL_CACHE_MISS_RD                                         */
    [PMU_DTLB_MISSES]   = 0x05,                         /* L1D_TLB_REFILL                                           */
    [PMU_ITLB_MISSES]   = 0x02,                         /* L1I_TLB_REFILL                                           */
};

/* What the boot CPU has; one of another kind in the same machine (big.LITTLE) may count other events, or fewer */
struct identity { unsigned version, events; uint64_t has; };

static struct identity identity;
static uint8_t  counts[EVENTS_MAX];                     /* number of its event. Fixed by pmu_init(), as the next    */
static uint32_t taken;                                  /* set of counters                                          */

static bool is_pmuv3 (unsigned version) { return version != PMUVER_NONE && version != PMUVER_IMPDEF; }

static struct identity identify (void)
{
    unsigned const version = sysreg_read (id_aa64dfr0_el1) >> DFR0_PMUVER_SHIFT & 0xf;

    if (!is_pmuv3 (version))
        return (struct identity) { .version = version };

    return (struct identity) {
        .version = version,
        .events  = sysreg_read (pmcr_el0) >> PMCR_N_SHIFT & MDCR_HPMN_MASK,
        .has     = (sysreg_read (pmceid0_el0) & 0xffffffff) | sysreg_read (pmceid1_el0) << 32,
    };
}

static bool is_wide (void) { return identity.version >= PMUVER_V3P5; }

bool pmu_arch_init (void)
{
    identity = identify();
    taken    = 0;

    return is_pmuv3 (identity.version);
}

enum pmu_taken pmu_arch_take (enum pmu_event event, struct pmu_counter *c)
{
    if (event == PMU_CYCLES) {
        taken      |= BIT (PMU_CYCLE_COUNTER);
        c->selector = PMU_CYCLE_COUNTER;
        c->width    = 64;
        return PMU_TAKEN;
    }

    if (!(identity.has >> number[event] & 1))
        return PMU_NOT_COUNTED;

    for (unsigned i = 0; i < MIN (identity.events, (unsigned)EVENTS_MAX); i++)
        if (!(taken & BIT (i))) {
            taken      |= BIT (i);
            counts[i]   = number[event];
            c->selector = i;
            c->width    = is_wide() ? 64 : 32;
            return PMU_TAKEN;
        }

    return PMU_NONE_LEFT;
}

/* EL0 reads the counters, and has PMSELR_EL0 to choose one, but none of their controls; PMCR_EL0 traps. No counter interrupts. */
bool pmu_arch_enable (void)
{
    struct identity const own = identify();
    uint64_t const wide = PMCR_LC | (is_wide() ? PMCR_LP : 0);

    if (own.version != identity.version || own.events != identity.events || own.has != identity.has)
        return false;

    sysreg_write (pmcr_el0, wide);
    sysreg_write (pmcntenclr_el0, 0xffffffff);
    sysreg_write (pmintenclr_el1, 0xffffffff);
    sysreg_write (mdcr_el2, MDCR_TPMCR | own.events);
    sysreg_write (pmccfiltr_el0, PMEVTYPER_NSH);

    for (unsigned i = 0; i < own.events && i < EVENTS_MAX; i++)
        if (taken & BIT (i)) {
            sysreg_write (pmselr_el0, i);
            isb();
            sysreg_write (pmxevtyper_el0, PMEVTYPER_NSH | counts[i]);
        }

    isb();
    sysreg_write (pmcr_el0, wide | PMCR_P | PMCR_C | PMCR_E);
    sysreg_write (pmcntenset_el0, taken);
    sysreg_write (pmuserenr_el0, PMUSERENR_CR | PMUSERENR_ER);
    isb();

    return true;
}
