/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Performance counters. Those of the architecture (Intel SDM 3B, 20.2; CPUID leaf 0xa) are general counters, which count any event, and
 * fixed ones, which count one event each. AMD has general ones (APM 2, 13.2). No counter ever interrupts: INT and PMI stay 0.
 */
#include <pmu.h>

#include <base/macros.h>
#include <cpu_features.h>
#include <cpuid.h>
#include <cr.h>
#include <msr.h>
#include <string.h>

enum { GENERAL_MAX = 8, LEGACY = 4, EXTENDED = 6, AMD_WIDTH = 48 };

#define FIXED_INSTRUCTIONS  0                           /* numbers of fixed counters (SDM 3B, table 20-2)           */
#define FIXED_CYCLES        1
#define FIXED_COUNT         2                           /* those that are of use here                               */
#define FIXED_MAX           16                          /* those that CPUID can list                                */
#define FIXED_ALL_RINGS     UINT64_C (3)                /* in the 4 bits of IA32_FIXED_CTR_CTRL for each counter    */
#define RDPMC_FIXED         BIT (30)                    /* ECX of RDPMC (SDM 2B)                                    */
#define HYBRID_CORE         0x40                        /* CPUID 1A.EAX 31:24: not an Atom                          */

/* Event and unit mask, as PERFEVTSEL has them; 0: there is none */
#define EVENT(event, mask)  ((event) | (mask) << 8)

/* The architectural events: their code, and the bit in CPUID A.EBX that is set if the CPU lacks it (SDM 3B, table 20-1) */
static struct { uint16_t code; uint8_t bit; } const architectural[PMU_EVENT_COUNT] = {
    [PMU_CYCLES]        = { EVENT (0x3c, 0x00), 0 },
    [PMU_INSTRUCTIONS]  = { EVENT (0xc0, 0x00), 1 },
    [PMU_LLC_MISSES]    = { EVENT (0x2e, 0x41), 4 },
    [PMU_BRANCH_MISSES] = { EVENT (0xc5, 0x00), 6 },
};

/*
 * Events of models, where the vendor documents them. Intel: perfmon-events.intel.com (the SDM refers to it, 3B, 20): L1D.REPLACEMENT,
 * L2_RQSTS.ALL_DEMAND_MISS, {DTLB_LOAD,ITLB}_MISSES.WALK_COMPLETED, all of which the first four counters count. AMD: PMCx076, 0C0 and
 * 0C3 are in the manuals of all families (BKDG and PPR, "Performance Monitor Counters"); the others are of the PPRs of families 17h and
 * 19h, 2.1 "Performance Measurement": L2 requests by L1D misses, L2 misses by L1D and L1I misses, misses of the last TLB of data and code.
 * The L3 cache of AMD has counters of its own, which are not the core's.
 */
struct model {
    enum cpu_vendor vendor;
    uint8_t         family_first, family_last;
    uint8_t         models[20];                         /* up to the first 0; none: all                             */
    uint16_t        code[PMU_EVENT_COUNT];
};

static struct model const model[] = {
    { CPU_VENDOR_INTEL, 6, 6, { 0x3c, 0x3f, 0x45, 0x46, 0x3d, 0x47, 0x4f, 0x56,     /* Haswell, Broadwell           */
                                0x4e, 0x5e, 0x8e, 0x9e, 0xa5, 0xa6, 0x55,           /* Skylake to Comet Lake        */
                                0x7d, 0x7e, 0x6a, 0x6c, 0xa7 },                     /* Ice Lake, Rocket Lake        */
      { [PMU_L1D_MISSES]  = EVENT (0x51, 0x01), [PMU_L2_MISSES]   = EVENT (0x24, 0x27),
        [PMU_DTLB_MISSES] = EVENT (0x08, 0x0e), [PMU_ITLB_MISSES] = EVENT (0x85, 0x0e) } },
    { CPU_VENDOR_INTEL, 6, 6, { 0x8c, 0x8d },                                       /* Tiger Lake                   */
      { [PMU_L1D_MISSES]  = EVENT (0x51, 0x01),
        [PMU_DTLB_MISSES] = EVENT (0x08, 0x0e), [PMU_ITLB_MISSES] = EVENT (0x85, 0x0e) } },
    { CPU_VENDOR_INTEL, 6, 6, { 0x97, 0x9a, 0xb7, 0xba, 0xbf,                       /* Alder Lake, Raptor Lake      */
                                0x8f, 0xcf, 0xad, 0xae },                           /* Sapphire to Granite Rapids   */
      { [PMU_L1D_MISSES]  = EVENT (0x51, 0x01), [PMU_L2_MISSES]   = EVENT (0x24, 0x27),
        [PMU_DTLB_MISSES] = EVENT (0x12, 0x0e), [PMU_ITLB_MISSES] = EVENT (0x11, 0x0e) } },
    { CPU_VENDOR_AMD, 0x17, 0x18, { 0 },                                            /* Zen, Zen 2; Hygon            */
      { [PMU_L1D_MISSES]  = EVENT (0x60, 0xc8), [PMU_L2_MISSES]   = EVENT (0x64, 0x09),
        [PMU_DTLB_MISSES] = EVENT (0x45, 0xf0), [PMU_ITLB_MISSES] = EVENT (0x85, 0x07) } },
    { CPU_VENDOR_AMD, 0x19, 0x19, { 0 },                                            /* Zen 3, Zen 4                 */
      { [PMU_L1D_MISSES]  = EVENT (0x60, 0xe8), [PMU_L2_MISSES]   = EVENT (0x64, 0x09),
        [PMU_DTLB_MISSES] = EVENT (0x45, 0xf0), [PMU_ITLB_MISSES] = EVENT (0x85, 0x07) } },
};

static uint16_t const amd[PMU_EVENT_COUNT] = {
    [PMU_CYCLES] = EVENT (0x76, 0), [PMU_INSTRUCTIONS] = EVENT (0xc0, 0), [PMU_BRANCH_MISSES] = EVENT (0xc3, 0),
};

/* What the boot CPU has; on another one with other counters, or other cores, the same event may be something else */
struct identity {
    uint32_t signature, core;
    uint32_t counters, missing;                         /* CPUID A.EAX, EBX                                         */
    uint32_t fixed;                                     /* set of fixed counters, and their width in bits 31:24     */
    uint32_t amd;                                       /* number of counters, if the CPU says it                   */
};

static struct identity identity;
static unsigned generals, general_width, fixed_width;
static uint32_t fixed_has;                              /* set of fixed counters                                    */
static uint32_t ctl, ctr, stride, global;               /* MSRs of the general counters; global: 0 if there is none */
static bool     architected;

/* What is to be counted, fixed by pmu_init() */
static uint64_t select[GENERAL_MAX];                    /* 0: nothing                                               */
static uint32_t fixed_taken;

static struct identity identify (void)
{
    struct cpuid const a = cpu_leaf_max() >= 0xa ? cpuid (0xa, 0) : (struct cpuid) { 0, 0, 0, 0 };
    unsigned const version = a.eax & 0xff;
    uint32_t const fixed = (BIT (a.edx & 0x1f) - 1) | (version >= 5 ? a.ecx : 0);

    return (struct identity) {
        .signature = cpuid (1, 0).eax,
        .core      = cpu_has (CPU_HYBRID) && cpu_leaf_max() >= 0x1a ? cpuid (0x1a, 0).eax >> 24 : 0,
        .counters  = a.eax,
        .missing   = a.ebx,
        .fixed     = version >= 2 ? (fixed & 0xffff) | (a.edx & 0x1fe0) << 19 : 0,
        .amd       = cpu_has (CPU_PERF_MON_V2) ? cpuid (0x80000022, 0).ebx & 0xf : 0,
    };
}

static bool init_architected (void)
{
    generals      = MIN (identity.counters >> 8 & 0xff, (uint32_t)GENERAL_MAX);
    general_width = identity.counters >> 16 & 0xff;
    fixed_has     = identity.fixed & (BIT (FIXED_COUNT) - 1);
    fixed_width   = identity.fixed >> 24;
    ctl           = IA32_PERFEVTSEL0;
    ctr           = IA32_PMC0;
    stride        = 1;
    global        = (identity.counters & 0xff) >= 2 ? IA32_PERF_GLOBAL_CTRL : 0;
    architected   = true;

    return generals || fixed_has;
}

/*
 * Without the extension, family 0xf and later have four counters, and no bit that says so: a hypervisor may have left them out.
 * PerfMonV2 tells how many there are, and has them under one global register.
 */
static bool init_amd (void)
{
    bool const extended = cpu_has (CPU_PERF_CTR_EXT);

    if (cpu_vendor() != CPU_VENDOR_AMD || cpu_family() < 0xf || (!extended && cpu_has (CPU_HYPERVISOR)))
        return false;

    generals      = !extended ? LEGACY : identity.amd ? MIN (identity.amd, (uint32_t)GENERAL_MAX) : EXTENDED;
    general_width = AMD_WIDTH;
    fixed_has     = 0;
    ctl           = extended ? PERF_CTL0 : PERF_LEGACY_CTL0;
    ctr           = extended ? PERF_CTR0 : PERF_LEGACY_CTR0;
    stride        = extended ? 2 : 1;
    global        = extended && cpu_has (CPU_PERF_MON_V2) ? PERF_CNTR_GLOBAL_CTL : 0;
    architected   = false;

    return true;
}

bool pmu_arch_init (void)
{
    memset (select, 0, sizeof select);
    fixed_taken = 0;
    identity    = identify();

    return identity.counters & 0xff ? init_architected() : init_amd();
}

/* Its code among those of this CPU's model; 0: none is known */
static uint16_t of_model (unsigned event)
{
    if (cpu_has (CPU_HYBRID) && identity.core != HYBRID_CORE)
        return 0;

    for (unsigned i = 0; i < ARRAY_SIZE (model); i++) {

        struct model const *const m = &model[i];
        bool fits = !m->models[0];

        for (unsigned j = 0; j < ARRAY_SIZE (m->models) && m->models[j]; j++)
            fits |= m->models[j] == cpu_model();

        if (fits && m->vendor == cpu_vendor() && cpu_family() >= m->family_first && cpu_family() <= m->family_last)
            return m->code[event];
    }

    return 0;
}

static bool has_architectural (unsigned event)
{
    unsigned const bit = architectural[event].bit;

    return architected && architectural[event].code && bit < identity.counters >> 24 && !(identity.missing & BIT (bit));
}

static enum pmu_taken take_fixed (unsigned number, struct pmu_counter *c)
{
    fixed_taken |= BIT (number);
    c->selector  = RDPMC_FIXED | number;
    c->width     = fixed_width;

    return PMU_TAKEN;
}

/*
 * Architectural events are counted by all general counters, those of a model by the first four only, and there are four of them: so the
 * former take counters from the end, and these only if they are the last ones.
 */
enum pmu_taken pmu_arch_take (enum pmu_event event, struct pmu_counter *c)
{
    if (event == PMU_INSTRUCTIONS && fixed_has & BIT (FIXED_INSTRUCTIONS))
        return take_fixed (FIXED_INSTRUCTIONS, c);

    if (event == PMU_CYCLES && fixed_has & BIT (FIXED_CYCLES))
        return take_fixed (FIXED_CYCLES, c);

    bool const from_end = has_architectural (event);
    uint16_t const code = from_end ? architectural[event].code : !architected && amd[event] ? amd[event] : of_model (event);

    if (!code)
        return PMU_NOT_COUNTED;

    for (unsigned n = 0; n < generals; n++) {

        unsigned const i = from_end ? generals - 1 - n : n;

        if (!select[i]) {
            select[i]   = code | PERFEVTSEL_USR | PERFEVTSEL_OS | PERFEVTSEL_EN;
            c->selector = i;
            c->width    = general_width;
            return PMU_TAKEN;
        }
    }

    return PMU_NONE_LEFT;
}

/* A write that an emulator or a hypervisor may swallow */
static bool write_check (uint32_t msr, uint64_t v)
{
    wrmsr (msr, v);

    return rdmsr (msr) == v;
}

/*
 * All counters are stopped and cleared first, so that what firmware counted is not to be read. On a CPU that has no global register, a
 * counter runs when its own says so.
 */
bool pmu_arch_enable (void)
{
    struct identity const own = identify();
    uint64_t fixed_ctrl = 0, enable = 0;
    bool good = true;

    if (memcmp (&own, &identity, sizeof own))
        return false;

    if (global)
        wrmsr (global, 0);

    for (unsigned i = 0; i < generals; i++) {
        wrmsr (ctl + i * stride, 0);
        wrmsr (ctr + i * stride, 0);
    }

    for (unsigned i = 0; i < FIXED_MAX; i++)
        if (identity.fixed & BIT (i)) {
            wrmsr (IA32_FIXED_CTR0 + i, 0);
            fixed_ctrl |= fixed_taken & BIT (i) ? FIXED_ALL_RINGS << 4 * i : 0;
            enable     |= fixed_taken & BIT (i) ? BIT64 (32 + i)           : 0;
        }

    for (unsigned i = 0; i < generals; i++)
        if (select[i]) {
            good   &= write_check (ctl + i * stride, select[i]);
            enable |= BIT64 (i);
        }

    if (identity.fixed & (BIT (FIXED_MAX) - 1))
        good &= write_check (IA32_FIXED_CTR_CTRL, fixed_ctrl);

    if (global)
        good &= write_check (global, enable);

    if (good)
        cr4_write (cr4_read() | CR4_PCE);

    return good;
}
