/* SPDX-License-Identifier: GPL-2.0-only */
#include <clock.h>

#include <clock_measure.h>
#include <cpu_features.h>
#include <cpuid.h>
#include <mmio.h>
#include <mmio_access.h>
#include <msr.h>
#include <muldiv.h>
#include <pause.h>
#include <pio.h>

#include <acpi/acpi.h>
#include <base/macros.h>
#include <console/console.h>

/* HPET (IA-PC HPET Specification 1.0a, 2.3) */
enum {
    HPET_CAP_LOW    = 0x0,                              /* bits 7...0 revision, never 0                         */
    HPET_CAP_HIGH   = 0x4,                              /* main counter period in femtoseconds                  */
    HPET_CONFIG     = 0x10,
    HPET_COUNTER    = 0xf0,

    HPET_SIZE       = 0x400,
    HPET_ENABLE     = 1 << 0,
    HPET_PERIOD_MAX = 100000000,                        /* 2.3.4: 100 ns                                        */
};

/* 8254 channel 2 and its gate (Intel 8254 datasheet; ICH9 datasheet, 13.3 and 13.7.1) */
enum {
    PIT_CHANNEL_2   = 0x42,
    PIT_CONTROL     = 0x43,
    PIT_MODE_0      = 0xb0,                             /* channel 2, low byte then high byte, mode 0, binary   */
    PIT_HZ          = 1193182,
    PIT_COUNT       = PIT_HZ / 20,                      /* 50 ms                                                */
    PIT_POLLS       = 1 << 22,

    NMI_SC          = 0x61,
    NMI_SC_GATE     = 1 << 0,
    NMI_SC_SPEAKER  = 1 << 1,
    NMI_SC_KEEP     = 0xc,                              /* IOCHK# and SERR# NMI disables; the rest is read-only */
    NMI_SC_OUT      = 1 << 5,
};

enum { PM_TIMER_HZ = 3579545 };                         /* ACPI 6.5, 4.8.3.3                                    */

/* Written by clock_init() before other CPUs start, read-only afterwards */
static uint64_t freq;
static uint64_t tsc_adjust;                             /* IA32_TSC_ADJUST of the boot CPU                      */

/* Leaf 0x40000010, EAX: TSC in kHz. Part of the VMware and KVM interfaces only; other vendors may use it otherwise. */
static uint64_t from_hypervisor (void)
{
    if (!cpu_has (CPU_HYPERVISOR))
        return 0;

    struct cpuid const r = cpuid (0x40000000, 0);
    bool const kvm    = r.ebx == 0x4b4d564b && r.ecx == 0x564b4d56 && r.edx == 0x4d;            /* KVMKVMKVM    */
    bool const vmware = r.ebx == 0x61774d56 && r.ecx == 0x4d566572 && r.edx == 0x65726177;      /* VMwareVMware */

    if ((!kvm && !vmware) || r.eax < 0x40000010)
        return 0;

    return UINT64_C (1000) * cpuid (0x40000010, 0).eax;
}

/*
 * Intel SDM 3B, 19.7.3: TSC = crystal * EBX / EAX. Leaf 0x15 of some CPUs leaves the crystal out, and the table there names
 * it; Xeon 0x55 is left to a measurement, since its table entry (25 MHz) does not hold for all parts of that number.
 */
static uint64_t from_leaf_15 (void)
{
    if (cpu_leaf_max() < 0x15 || cpu_vendor() != CPU_VENDOR_INTEL)
        return 0;

    struct cpuid const r = cpuid (0x15, 0);
    uint64_t crystal = r.ecx;

    if (!r.eax || !r.ebx)
        return 0;

    if (!crystal && cpu_family() == 6) {

        unsigned const model = cpu_model();

        if (model == 0x4e || model == 0x5e || model == 0x8e || model == 0x9e)
            crystal = 24000000;

        if (model == 0x5c)
            crystal = 19200000;
    }

    return muldiv (crystal, r.ebx, r.eax);
}

/* Base frequency of the processor in MHz: a name plate (SDM 2A, CPUID), for a machine without any timer */
static uint64_t from_leaf_16 (void)
{
    return cpu_leaf_max() < 0x16 ? 0 : UINT64_C (1000000) * (cpuid (0x16, 0).eax & 0xffff);
}

static INDIRECT_TARGET uint32_t read_hpet (void const *ctx)
{
    return mmio_read32 (*(volatile void *const *)ctx, HPET_COUNTER);
}

static uint64_t from_hpet (struct acpi const *acpi)
{
    volatile void *const regs = acpi->hpet ? mmio_map (acpi->hpet, HPET_SIZE) : 0;

    if (!regs)
        return 0;

    uint32_t const cap = mmio_read32 (regs, HPET_CAP_LOW), period = mmio_read32 (regs, HPET_CAP_HIGH);

    if (!(cap & 0xff) || !period || period > HPET_PERIOD_MAX)
        return 0;

    uint32_t const config = mmio_read32 (regs, HPET_CONFIG);

    mmio_write32 (regs, HPET_CONFIG, config | HPET_ENABLE);

    uint64_t const hz = clock_measure (&(struct clock_timer) {
        .read = read_hpet, .ctx = &regs, .mask = UINT32_MAX, .den = UINT64_C (1000000000000000), .num = period
    });

    mmio_write32 (regs, HPET_CONFIG, config);

    return hz;
}

struct pm_timer { volatile void *regs; uint16_t port; };

static INDIRECT_TARGET uint32_t read_pm_timer (void const *ctx)
{
    struct pm_timer const *const t = ctx;

    return t->regs ? mmio_read32 (t->regs, 0) : pio_in32 (t->port);
}

static uint64_t from_pm_timer (struct acpi const *acpi)
{
    struct acpi_gas const *const gas = &acpi->pm_tmr;
    struct pm_timer t = { 0, 0 };

    if (!gas->addr)
        return 0;

    if (gas->space == ACPI_GAS_MEMORY)
        t.regs = mmio_map (gas->addr, sizeof (uint32_t));

    if (gas->space == ACPI_GAS_IO && gas->addr <= UINT16_MAX)
        t.port = (uint16_t)gas->addr;

    if (!t.regs && !t.port)
        return 0;

    return clock_measure (&(struct clock_timer) {
        .read = read_pm_timer, .ctx = &t, .mask = acpi->pm_tmr_32 ? UINT32_MAX : 0xffffff, .den = PM_TIMER_HZ, .num = 1
    });
}

/* Mode 0: OUT goes low with the control word and high count + 1 clocks after the count is complete (8254, mode 0) */
static uint64_t from_pit (void)
{
    uint8_t const saved = pio_in8 (NMI_SC) & (NMI_SC_KEEP | NMI_SC_GATE | NMI_SC_SPEAKER);
    struct clock_sample start = { 0, 0, 0 };
    uint64_t low = 0, high = 0;

    pio_out8 (NMI_SC, (saved & NMI_SC_KEEP) | NMI_SC_GATE);
    pio_out8 (PIT_CONTROL, PIT_MODE_0);
    pio_out8 (PIT_CHANNEL_2, PIT_COUNT & 0xff);
    start.before = rdtsc();
    pio_out8 (PIT_CHANNEL_2, PIT_COUNT >> 8);
    start.after = rdtsc();

    for (unsigned i = 0; i < PIT_POLLS && !high && rdtsc() - start.after < CLOCK_MAX_HZ / 20; i++) {

        uint64_t const before = rdtsc();

        if (pio_in8 (NMI_SC) & NMI_SC_OUT)
            high = rdtsc();
        else
            low = before;
    }

    pio_out8 (NMI_SC, saved);

    return high && low ? clock_estimate (low - start.after, high - start.before, PIT_COUNT + 1, PIT_HZ, 1) : 0;
}

static bool believe (uint64_t hz)
{
    return hz >= CLOCK_MIN_HZ && hz <= CLOCK_MAX_HZ;
}

static char const *find_frequency (struct acpi const *acpi)
{
    if (believe (freq = from_hypervisor()))
        return "CPUID 0x40000010";

    if (believe (freq = from_leaf_15()))
        return "CPUID 0x15";

    if (believe (freq = from_hpet (acpi)))
        return "HPET";

    if (acpi->hpet)
        print ("STC: HPET unusable");

    if (believe (freq = from_pm_timer (acpi)))
        return "PM timer";

    if (acpi->pm_tmr.addr)
        print ("STC: PM timer unusable");

    if (believe (freq = from_pit()))
        return "PIT";

    if (believe (freq = from_leaf_16()))
        return "CPUID 0x16, no timer";

    freq = 1000000000;

    return "a guess, no timer";
}

void clock_init (struct acpi const *acpi)
{
    char const *const source = find_frequency (acpi);

    if (cpu_has (CPU_TSC_ADJUST))
        tsc_adjust = rdmsr (IA32_TSC_ADJUST);

    print ("STC: %lu Hz (%s)%s", freq, source, cpu_has (CPU_INVARIANT_TSC) ? "" : ", not invariant");
}

void clock_cpu_init (void)
{
    /* SDM 3B, 18.17.3: the TSCs of CPUs that left reset together differ by IA32_TSC_ADJUST only */
    if (cpu_has (CPU_TSC_ADJUST) && rdmsr (IA32_TSC_ADJUST) != tsc_adjust)
        wrmsr (IA32_TSC_ADJUST, tsc_adjust);
}

uint64_t clock_freq (void) { return freq; }

uint64_t clock_ticks_ms (uint64_t ms) { return muldiv (ms, freq, 1000); }
uint64_t clock_ticks_us (uint64_t us) { return muldiv (us, freq, 1000000); }

void clock_delay_us (uint64_t us)
{
    uint64_t const start = clock_now(), ticks = muldiv_up (us, freq, 1000000);

    while (clock_now() - start < ticks)
        pause();
}
