/* SPDX-License-Identifier: GPL-2.0-only */
#include <lapic.h>

#include <clock.h>
#include <cmdline.h>
#include <cpu_features.h>
#include <insn.h>
#include <lapic_timer.h>
#include <mmio_access.h>
#include <msr.h>
#include <muldiv.h>
#include <pause.h>
#include <vectors.h>

#include <base/macros.h>
#include <console/console.h>

/* Register offsets, Intel SDM 3A, table 11-1 */
enum {
    LAPIC_ID        = 0x20,
    LAPIC_VERSION   = 0x30,
    LAPIC_TPR       = 0x80,
    LAPIC_EOI       = 0xb0,
    LAPIC_SVR       = 0xf0,
    LAPIC_ISR       = 0x100,
    LAPIC_ESR       = 0x280,
    LAPIC_LVT_CMCI  = 0x2f0,
    LAPIC_ICR_LOW   = 0x300,
    LAPIC_ICR_HIGH  = 0x310,
    LAPIC_LVT_TIMER = 0x320,
    LAPIC_LVT_THERM = 0x330,
    LAPIC_LVT_PERFM = 0x340,
    LAPIC_LVT_LINT0 = 0x350,
    LAPIC_LVT_LINT1 = 0x360,
    LAPIC_LVT_ERROR = 0x370,
    LAPIC_INITIAL   = 0x380,
    LAPIC_CURRENT   = 0x390,
    LAPIC_DIVIDE    = 0x3e0,
};

enum {
    SVR_ENABLE      = 1 << 8,                           /* 11.9; EOI broadcasts (bit 12) stay on for the IOAPICs */
    LVT_MASKED      = 1 << 16,                          /* 11.5.1                                               */
    LVT_DEADLINE    = 2 << 17,
    ICR_INIT        = 5 << 8,                           /* 11.6.1                                               */
    ICR_STARTUP     = 6 << 8,
    ICR_PENDING     = 1 << 12,
    ICR_ASSERT      = 1 << 14,
    DIVIDE_BY_1     = 0xb,                              /* 11.5.4                                               */
};

enum { ICR_POLLS = 1000000, SAMPLES = 8 };

/* Written by lapic_init() before other CPUs start, read-only afterwards */
static volatile void *  regs;
static bool             x2apic, deadline;
static uint64_t         rate;                           /* counts per TSC tick, 32.32                           */

static uint32_t lapic_read (unsigned off)
{
    return x2apic ? (uint32_t)rdmsr (IA32_X2APIC_BASE + off / 16) : mmio_read32 (regs, off);
}

static void lapic_write (unsigned off, uint32_t val)
{
    if (x2apic)
        wrmsr (IA32_X2APIC_BASE + off / 16, val);
    else
        mmio_write32 (regs, off, val);
}

bool     lapic_x2apic (void)            { return x2apic; }
bool     lapic_timer_deadline (void)    { return deadline; }
uint32_t lapic_id (void)                { return x2apic ? lapic_read (LAPIC_ID) : lapic_read (LAPIC_ID) >> 24; }
void     lapic_eoi (void)               { lapic_write (LAPIC_EOI, 0); }

bool lapic_in_service (uint8_t vector)
{
    return lapic_read (LAPIC_ISR + vector / 32 * 0x10U) >> vector % 32 & 1;     /* 11.8.4                       */
}

uint32_t lapic_error (void)
{
    lapic_write (LAPIC_ESR, 0);                         /* latches what happened since the last write, 11.5.3   */

    return lapic_read (LAPIC_ESR);
}

/* 11.6.1, x2APIC 11.12.9: one 64-bit register with a 32-bit destination and no delivery status */
static void send (uint32_t apic_id, uint32_t command)
{
    if (x2apic) {
        mfence_lfence();                                /* 11.12.3: this WRMSR does not wait for earlier stores */
        wrmsr (IA32_X2APIC_BASE + LAPIC_ICR_LOW / 16, (uint64_t)apic_id << 32 | command);
        return;
    }

    /* A write while the last one is pending is lost. Uncached stores do not pass earlier ones (SDM 3A, 9.2.2). */
    for (unsigned i = 0; i < ICR_POLLS && lapic_read (LAPIC_ICR_LOW) & ICR_PENDING; i++)
        pause();

    lapic_write (LAPIC_ICR_HIGH, apic_id << 24);
    lapic_write (LAPIC_ICR_LOW, command);
}

void lapic_ipi (uint32_t apic_id, uint8_t vector)   { send (apic_id, ICR_ASSERT | vector); }
void lapic_init_ipi (uint32_t apic_id)              { send (apic_id, ICR_ASSERT | ICR_INIT); }
void lapic_sipi (uint32_t apic_id, uint8_t page)    { send (apic_id, ICR_ASSERT | ICR_STARTUP | page); }

void lapic_timer_set (uint64_t tsc_deadline)
{
    if (deadline) {
        mfence_lfence();                                /* 11.5.4.1 */
        wrmsr (IA32_TSC_DEADLINE, tsc_deadline == UINT64_MAX ? 0 : MAX (tsc_deadline, 1U));  /* 0 disarms       */
        return;
    }

    uint64_t const now = clock_now();

    if (tsc_deadline == UINT64_MAX)
        lapic_write (LAPIC_INITIAL, 0);
    else
        lapic_write (LAPIC_INITIAL, lapic_timer_count (tsc_deadline > now ? tsc_deadline - now : 0, rate));
}

/* 11.12.5: from disabled to x2APIC only by way of xAPIC */
static void enable (void)
{
    uint64_t base = rdmsr (IA32_APIC_BASE);

    if (!(base & APIC_BASE_EN))
        wrmsr (IA32_APIC_BASE, base |= APIC_BASE_EN);

    if (x2apic && !(base & APIC_BASE_EXTD))
        wrmsr (IA32_APIC_BASE, base | APIC_BASE_EXTD);

    lapic_write (LAPIC_SVR, SVR_ENABLE | VEC_SPURIOUS); /* first: while disabled, LVT mask bits are stuck (11.4.7.2) */
    lapic_write (LAPIC_TPR, 0);
}

static void mask_lvts (void)
{
    unsigned const lvt_max = lapic_read (LAPIC_VERSION) >> 16 & 0xff;   /* 11.4.8: number of LVT entries - 1    */

    lapic_write (LAPIC_LVT_TIMER, LVT_MASKED | VEC_TIMER);
    lapic_write (LAPIC_LVT_LINT0, LVT_MASKED);
    lapic_write (LAPIC_LVT_LINT1, LVT_MASKED);
    lapic_write (LAPIC_LVT_ERROR, LVT_MASKED | VEC_ERROR);

    if (lvt_max >= 4)
        lapic_write (LAPIC_LVT_PERFM, LVT_MASKED | VEC_PERFM);

    if (lvt_max >= 5)
        lapic_write (LAPIC_LVT_THERM, LVT_MASKED | VEC_THERM);

    if (lvt_max >= 6)
        lapic_write (LAPIC_LVT_CMCI, LVT_MASKED);
}

/* What firmware or a previous kernel left in service would block its priority class for ever */
static void finish_stale (void)
{
    for (unsigned i = 0; i < VEC_COUNT; i++) {

        uint32_t any = 0;

        for (unsigned j = 0; j < 8; j++)
            any |= lapic_read (LAPIC_ISR + j * 0x10);

        if (!any)
            return;

        lapic_eoi();
    }
}

void lapic_cpu_init (void)
{
    enable();
    mask_lvts();
    finish_stale();

    lapic_write (LAPIC_INITIAL, 0);
    lapic_write (LAPIC_DIVIDE, DIVIDE_BY_1);
    lapic_write (LAPIC_LVT_TIMER, (deadline ? LVT_DEADLINE : 0) | VEC_TIMER);

    if (deadline) {
        mfence_lfence();                                /* 11.5.4.1: the mode is set before the first deadline  */
        wrmsr (IA32_TSC_DEADLINE, 0);
    }

    lapic_write (LAPIC_ESR, 0);                         /* 11.5.3: twice, the first write only latches          */
    lapic_write (LAPIC_ESR, 0);
}

struct sample { uint64_t before, after; uint32_t count; };

/* The tightest of a few readings of count and TSC together, so that an SMI in between does not matter */
static struct sample sample (void)
{
    struct sample best = { 0, UINT64_MAX, 0 };

    for (unsigned i = 0; i < SAMPLES; i++) {

        struct sample s;

        s.before = clock_now();
        s.count  = lapic_read (LAPIC_CURRENT);
        s.after  = clock_now();

        if (s.after - s.before < best.after - best.before)
            best = s;
    }

    return best;
}

static void calibrate (void)
{
    lapic_write (LAPIC_DIVIDE, DIVIDE_BY_1);
    lapic_write (LAPIC_INITIAL, UINT32_MAX);

    struct sample const a = sample();

    clock_delay_us (10000);

    struct sample const b = sample();

    lapic_write (LAPIC_INITIAL, 0);

    rate = lapic_timer_rate (b.before - a.after, b.after - a.before, a.count, b.count);

    if (rate)
        return;

    print ("LAPIC: timer does not count");
    rate = BIT64 (32);
}

static uint32_t     lapic_version (void)    { return lapic_read (LAPIC_VERSION) & 0xff; }
static char const * mode_name (void)        { return x2apic ? "x2APIC" : "xAPIC"; }

void lapic_init (volatile void *mmio)
{
    regs     = mmio;
    x2apic   = (cpu_has (CPU_X2APIC) && !cmdline_flag ("nox2apic")) || (rdmsr (IA32_APIC_BASE) & APIC_BASE_EXTD);
    deadline = cpu_has (CPU_TSC_DEADLINE) && !cmdline_flag ("notscdeadline");

    enable();
    mask_lvts();

    if (!deadline)
        calibrate();

    if (deadline)
        print ("LAPIC: ID %u version %#x, %s, TSC-deadline timer", lapic_id(), lapic_version(), mode_name());
    else
        print ("LAPIC: ID %u version %#x, %s, one-shot timer at %lu MHz", lapic_id(), lapic_version(), mode_name(),
               (muldiv (clock_freq(), rate, BIT64 (32)) + 500000) / 1000000);
}
