/* SPDX-License-Identifier: GPL-2.0-only */
/* TSC frequency: every source, every way a timer can be dead, and the arithmetic. */
#include <clock.h>

#include <clock_measure.h>
#include <cpu_features.h>
#include <machine.h>
#include <msr.h>
#include <muldiv.h>

#include <acpi/acpi.h>

#include <host.h>

#define HPET        UINT64_C (0xfed00000)
#define PM_PORT     0x608
#define PM_MEMORY   0xfed80808

/* A machine with every timer; each can be dead, and each starts at any phase */
static struct {
    uint64_t    tsc_hz, phase;
    uint32_t    hpet_period, hpet_config;
    uint64_t    pm_start;
    bool        hpet_dead, pm_dead, pit_dead;
    uint64_t    pit_load;                               /* TSC when the count was complete, 0: not yet          */
    uint16_t    pit_count;
    unsigned    pit_bytes;
    uint8_t     port_61;
    struct cpuid leaf_0, leaf_1, leaf_15, leaf_16, hv_0, hv_10;
    uint64_t    tsc_adjust;
} m;

static struct acpi acpi;
static uint64_t seed;

static uint64_t scale (uint64_t a, uint64_t b, uint64_t c) { return (uint64_t)((unsigned __int128)a * b / c); }

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub)
{
    (void)sub;

    switch (leaf) {
        case 0x0:        return m.leaf_0;
        case 0x1:        return m.leaf_1;
        case 0x15:       return m.leaf_15;
        case 0x16:       return m.leaf_16;
        case 0x40000000: return m.hv_0;
        case 0x40000010: return m.hv_10;
        default:         return (struct cpuid) { 0, 0, 0, 0 };
    }
}

static uint64_t model_rdmsr (uint32_t msr)
{
    assert_int_equal (msr, IA32_TSC_ADJUST);
    return m.tsc_adjust;
}

static uint32_t pm_timer (void)
{
    uint64_t const t = m.pm_dead ? 0 : scale (machine.tsc + m.phase, 3579545, m.tsc_hz);

    return (uint32_t)(t + m.pm_start) & (acpi.pm_tmr_32 ? UINT32_MAX : 0xffffff);
}

static uint32_t model_mmio_read (uint64_t addr, unsigned bytes)
{
    assert_int_equal (bytes, 4);

    if (addr == PM_MEMORY)
        return pm_timer();

    switch (addr - HPET) {
        case 0x0:  return 0x8086a201;
        case 0x4:  return m.hpet_period;
        case 0x10: return m.hpet_config;
        case 0xf0:
            if (m.hpet_dead || !(m.hpet_config & 1))
                return 42;
            return (uint32_t)scale (machine.tsc + m.phase, UINT64_C (1000000000000000) / m.hpet_period, m.tsc_hz) + 0xfff00000;
    }

    fail();
    return 0;
}

static void model_mmio_write (uint64_t addr, unsigned bytes, uint32_t val)
{
    assert_int_equal (bytes, 4);
    assert_int_equal (addr, HPET + 0x10);
    m.hpet_config = val;
}

static uint32_t model_pio_in (uint16_t port, unsigned bytes)
{
    if (port == PM_PORT) {
        assert_int_equal (bytes, 4);
        return pm_timer();
    }

    assert_int_equal (port, 0x61);
    assert_int_equal (bytes, 1);

    if (m.pit_dead || !m.pit_load || !(m.port_61 & 1))
        return m.port_61;

    uint64_t const start = scale (m.pit_load + m.phase, 1193182, m.tsc_hz), now = scale (machine.tsc + m.phase, 1193182, m.tsc_hz);

    return m.port_61 | (now - start >= m.pit_count + UINT64_C (1) ? 0x20 : 0);
}

static void model_pio_out (uint16_t port, unsigned bytes, uint32_t val)
{
    assert_int_equal (bytes, 1);

    if (port == 0x61)
        m.port_61 = val & 0xf;
    else if (port == 0x43) {
        assert_int_equal (val, 0xb0);
        m.pit_bytes = 0;
        m.pit_load  = 0;
    } else {
        assert_int_equal (port, 0x42);
        m.pit_count = (uint16_t)(m.pit_bytes ? m.pit_count | val << 8 : val);
        if (++m.pit_bytes == 2)
            m.pit_load = machine.tsc;
    }
}

static int setup (void **state)
{
    (void)state;

    machine_reset();
    host_lines_reset();

    machine.cpuid      = model_cpuid;
    machine.rdmsr      = model_rdmsr;
    machine.mmio_read  = model_mmio_read;
    machine.mmio_write = model_mmio_write;
    machine.pio_in     = model_pio_in;
    machine.pio_out    = model_pio_out;

    memset (&m, 0, sizeof m);
    memset (&acpi, 0, sizeof acpi);

    m.tsc_hz      = 1000000000;
    m.hpet_period = 10000000;
    m.leaf_0      = (struct cpuid) { 0x16, 0x756e6547, 0x6c65746e, 0x49656e69 };
    m.port_61     = 0xc;

    acpi.hpet         = HPET;
    acpi.pm_tmr.space = ACPI_GAS_IO;
    acpi.pm_tmr.addr  = PM_PORT;

    return 0;
}

static uint64_t boot (void)
{
    host_lines_reset();
    cpu_features_init();
    clock_init (&acpi);

    return clock_freq();
}

static void crystal (void **state)
{
    (void)state;

    m.leaf_15 = (struct cpuid) { 2, 216, 24000000, 0 };
    assert_int_equal (boot(), 2592000000);
    assert_lines ("STC: 2592000000 Hz (CPUID 0x15), not invariant");

    m.leaf_15 = (struct cpuid) { 2, 156, 0, 0 };        /* the crystal follows from the model                   */
    m.leaf_1  = (struct cpuid) { 0x506e3, 0, 0, 0 };
    assert_int_equal (boot(), 1872000000);
    m.leaf_1  = (struct cpuid) { 0x506ca, 0, 0, 0 };
    assert_int_equal (boot(), 1497600000);

    m.leaf_1  = (struct cpuid) { 0x50654, 0, 0, 0 };    /* ... or does not                                      */
    assert_int_equal (boot(), 1000000000);
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");

    m.leaf_15 = (struct cpuid) { 1, 1, 1000, 0 };       /* nonsense                                             */
    assert_int_equal (boot(), 1000000000);
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");

    m.leaf_15 = (struct cpuid) { 2, 216, 24000000, 0 };
    m.leaf_0.eax = 0x14;                                /* leaf does not exist                                  */
    boot();
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");
}

static void hypervisor (void **state)
{
    (void)state;

    m.hv_0  = (struct cpuid) { 0x40000010, 0x4b4d564b, 0x564b4d56, 0x4d };
    m.hv_10 = (struct cpuid) { 2399998, 0, 0, 0 };
    boot();
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");          /* no hypervisor bit                    */

    m.leaf_1.ecx = 1U << 31;
    boot();
    assert_lines ("STC: 2399998000 Hz (CPUID 0x40000010), not invariant");

    m.hv_0 = (struct cpuid) { 0x40000082, 0x7263694d, 0x666f736f, 0x76482074 };   /* Microsoft Hv               */
    boot();
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");

    m.hv_0 = (struct cpuid) { 0x4000000f, 0x4b4d564b, 0x564b4d56, 0x4d };
    boot();
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");
}

/* One instruction per nanosecond: whatever the phase, and whatever an access takes, 1 GHz comes out */
static void icount (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 12; i++) {

        m.phase         = host_random (&seed) >> 24;
        machine.cost_tsc = 1 + host_random (&seed) % 4;
        machine.cost_io = 8 + host_random (&seed) % 20;
        m.pm_start      = host_random (&seed);
        acpi.hpet       = i % 3 == 0 ? HPET : 0;
        acpi.pm_tmr.addr = i % 3 == 1 ? PM_PORT : 0;
        m.pit_load      = 0;

        assert_int_equal (boot(), 1000000000);
        assert_int_equal (m.port_61, 0xc);
    }
}

/* A PM timer whose register is in memory; without a mapping for it, the PIT is asked */
static void pm_timer_in_memory (void **state)
{
    (void)state;

    acpi.hpet         = 0;
    acpi.pm_tmr.space = ACPI_GAS_MEMORY;
    acpi.pm_tmr.addr  = PM_MEMORY;
    assert_int_equal (boot(), 1000000000);
    assert_lines ("STC: 1000000000 Hz (PM timer), not invariant");

    machine.mmio_full = true;
    boot();
    assert_lines ("STC: PM timer unusable", "STC: 1000000000 Hz (PIT), not invariant");
}

static unsigned smi (void) { return host_random (&seed) % 200000 ? 0 : 2500000; }

static void accuracy (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 30; i++) {

        m.tsc_hz        = 200000000 + host_random (&seed) % 5000000000;
        m.phase         = host_random (&seed) >> 24;
        m.hpet_period   = i & 1 ? 69841279 : 10000000;
        m.hpet_config   = 0;
        m.pm_start      = host_random (&seed);
        acpi.pm_tmr_32  = i & 2;
        acpi.hpet       = i % 3 == 0 ? HPET : 0;
        acpi.pm_tmr.addr = i % 3 == 1 ? PM_PORT : 0;
        machine.tsc     = host_random (&seed) >> 20;
        machine.cost_tsc = 20;
        machine.cost_io = m.tsc_hz / (i % 3 == 0 ? 2000000 : 1000000);
        machine.stall   = i >= 15 && i % 3 != 2 ? smi : NULL;

        uint64_t const hz = boot(), error = hz > m.tsc_hz ? hz - m.tsc_hz : m.tsc_hz - hz;
        uint64_t const ppm = i % 3 == 2 ? 80 : 30;

        if (error > m.tsc_hz / 1000000 * ppm)
            fail_msg ("%lu Hz measured as %lu Hz: %s", m.tsc_hz, hz, host_line[0]);

        assert_int_equal (m.hpet_config, 0);            /* as it was found                                      */
    }
}

/* The counter wraps in the middle of the measurement */
static void wrap (void **state)
{
    (void)state;

    acpi.hpet = 0;

    for (unsigned i = 0; i < 2; i++) {
        acpi.pm_tmr_32 = i;
        m.pm_start     = (i ? UINT32_MAX : 0xffffff) - 90000 - (uint32_t)scale (machine.tsc, 3579545, m.tsc_hz);
        boot();
        assert_lines ("STC: 1000000000 Hz (PM timer), not invariant");
    }

    acpi.hpet = HPET;
    m.phase   = 0x100000 * 10 - 25000000 - machine.tsc + (UINT64_C (1) << 32) * 10;
    boot();
    assert_lines ("STC: 1000000000 Hz (HPET), not invariant");
}

static unsigned jitter (void) { return host_random (&seed) % 10 ? 0 : 100000; }

/* One access in ten takes 100 us longer: the readings that count are those that were quick */
static void noise (void **state)
{
    (void)state;

    machine.stall = jitter;

    for (unsigned i = 0; i < 30; i++) {
        uint64_t const hz = boot();
        assert_in_range (hz, 999970000, 1000030000);
    }
}

static void fallback (void **state)
{
    (void)state;

    m.hpet_dead = true;
    boot();
    assert_lines ("STC: HPET unusable", "STC: 1000000000 Hz (PM timer), not invariant");

    m.pm_dead = true;
    boot();
    assert_lines ("STC: HPET unusable", "STC: PM timer unusable", "STC: 1000000000 Hz (PIT), not invariant");

    m.pit_dead = true;
    m.leaf_16.eax = 3400;
    boot();
    assert_lines ("STC: HPET unusable", "STC: PM timer unusable", "STC: 3400000000 Hz (CPUID 0x16, no timer), not invariant");
    assert_true (machine.tsc < UINT64_C (10) * m.tsc_hz);

    m.leaf_16.eax = 0;
    acpi.hpet = acpi.pm_tmr.addr = 0;
    boot();
    assert_lines ("STC: 1000000000 Hz (a guess, no timer), not invariant");

    m.hpet_dead = m.pm_dead = m.pit_dead = false;       /* no mapping, absent device, absurd period             */
    acpi.hpet   = HPET;
    machine.mmio_full = true;
    boot();
    assert_lines ("STC: HPET unusable", "STC: 1000000000 Hz (PIT), not invariant");

    machine.mmio_full = false;
    m.hpet_period = 100000001;
    boot();
    assert_lines ("STC: HPET unusable", "STC: 1000000000 Hz (PIT), not invariant");

    m.hpet_period = 0;
    boot();
    assert_lines ("STC: HPET unusable", "STC: 1000000000 Hz (PIT), not invariant");
}

/* A TSC that stands still must not hang the boot either */
static void frozen (void **state)
{
    (void)state;

    machine.cost_tsc = machine.cost_io = 0;
    m.leaf_16.eax = 2000;
    boot();
    assert_lines ("STC: HPET unusable", "STC: PM timer unusable", "STC: 2000000000 Hz (CPUID 0x16, no timer), not invariant");
}

static void adjust (void **state)
{
    (void)state;

    clock_cpu_init();                                   /* no such MSR: no access (model_wrmsr is not set)      */
    m.tsc_adjust = 77;
    clock_cpu_init();
}

static void rounding (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 100000; i++) {

        uint64_t const lo = 1000000 + host_random (&seed) % 20000000000, hi = lo + host_random (&seed) % (1 + lo / 1000);
        uint64_t const r = clock_round (lo, hi);
        uint64_t step = 1;

        assert_true (lo <= r && r <= hi);

        while (r % (step * 10) == 0)
            step *= 10;

        step *= 10;                                     /* nothing rounder lies within                          */
        assert_true ((lo + step - 1) / step * step > hi);
    }

    assert_int_equal (clock_round (2399990000, 2400010000), 2400000000);
    assert_int_equal (clock_round (2394450000, 2394458000), 2394450000);
    assert_int_equal (clock_round (5, 5), 5);
}

static void arithmetic (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 100000; i++) {

        uint64_t const a = host_random (&seed) >> host_random (&seed) % 64, b = host_random (&seed) >> host_random (&seed) % 64;
        uint64_t const c = host_random (&seed) >> host_random (&seed) % 64;
        unsigned __int128 const q = c ? (unsigned __int128)a * b / c : UINT64_MAX;
        unsigned __int128 const up = c ? ((unsigned __int128)a * b + c - 1) / c : UINT64_MAX;

        assert_true (muldiv (a, b, c) == (q > UINT64_MAX ? UINT64_MAX : (uint64_t)q));

        if (q < UINT64_MAX)
            assert_true (muldiv_up (a, b, c) == (uint64_t)up);
    }

    m.leaf_15 = (struct cpuid) { 2, 216, 24000000, 0 };
    boot();
    assert_int_equal (clock_ticks_ms (1), 2592000);
    assert_int_equal (clock_ticks_ms (0), 0);
    assert_int_equal (clock_ticks_us (10), 25920);
    assert_true (clock_ticks_ms (UINT64_MAX) == UINT64_MAX);
    assert_true (clock_ticks_ms (UINT64_MAX / 2592000) == scale (UINT64_MAX / 2592000, 2592000000, 1000));

    uint64_t const before = machine.tsc;
    clock_delay_us (100);
    assert_in_range (machine.tsc - before, 259200, 259300);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (crystal, setup),
        cmocka_unit_test_setup (hypervisor, setup),
        cmocka_unit_test_setup (icount, setup),
        cmocka_unit_test_setup (pm_timer_in_memory, setup),
        cmocka_unit_test_setup (accuracy, setup),
        cmocka_unit_test_setup (wrap, setup),
        cmocka_unit_test_setup (noise, setup),
        cmocka_unit_test_setup (fallback, setup),
        cmocka_unit_test_setup (frozen, setup),
        cmocka_unit_test_setup (adjust, setup),
        cmocka_unit_test_setup (rounding, setup),
        cmocka_unit_test_setup (arithmetic, setup),
    };

    seed = 1;

    return cmocka_run_group_tests (tests, NULL, NULL);
}
