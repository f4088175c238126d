/* SPDX-License-Identifier: GPL-2.0-only */
/* Local APIC in both modes, its timer in both, and the arithmetic of the counting one. */
#include <lapic.h>

#include <clock.h>
#include <cpu_features.h>
#include <lapic_timer.h>
#include <machine.h>
#include <msr.h>
#include <vectors.h>

#include <base/macros.h>

#include <host.h>

#define MMIO        UINT64_C (0xfee00000)
#define TSC_HZ      UINT64_C (2400000000)

/* Frequency comes from elsewhere */
uint64_t clock_freq (void) { return TSC_HZ; }

void clock_delay_us (uint64_t us)
{
    for (uint64_t const end = machine.tsc + us * (TSC_HZ / 1000000); rdtsc() < end; ) ;
}

static struct {
    bool        x2apic_cpu, deadline_cpu, timer_dead;
    uint64_t    base;                                   /* IA32_APIC_BASE                                       */
    uint64_t    timer_hz;
    uint32_t    reg[0x40];                              /* by offset / 16                                       */
    uint64_t    count_start, deadline;
    unsigned    eois, esr_writes, deadlines, pending;
    uint64_t    icr[8];
    unsigned    icrs;
} m;

static uint64_t seed;

static struct cpuid model_cpuid (uint32_t leaf, uint32_t sub)
{
    (void)sub;

    if (leaf == 0)
        return (struct cpuid) { 1, 0, 0, 0 };

    if (leaf == 1)
        return (struct cpuid) { 0, 0, (m.x2apic_cpu ? BIT (21) : 0) | (m.deadline_cpu ? BIT (24) : 0), 0 };

    return (struct cpuid) { 0, 0, 0, 0 };
}

static bool x2apic (void) { return m.base & APIC_BASE_EXTD; }

static uint32_t current (void)
{
    uint32_t const initial = m.reg[0x38];
    uint64_t const gone = (uint64_t)((unsigned __int128)(machine.tsc - m.count_start) * m.timer_hz / TSC_HZ);

    if (m.timer_dead || !initial)
        return initial;

    return gone >= initial ? 0 : initial - (uint32_t)gone;
}

static uint32_t reg_read (unsigned n)
{
    assert_true (m.base & APIC_BASE_EN);

    switch (n) {
        case 0x2: return x2apic() ? 0x12345 : 0x12 << 24;
        case 0x3: return 0x60015;
        case 0x30: return m.reg[n] | (m.pending && m.pending-- ? BIT (12) : 0);
        case 0x39: return current();
        default: return m.reg[n];
    }
}

static void finish_highest (void)
{
    for (int i = 7; i >= 0; i--)
        if (m.reg[0x10 + i]) {
            m.reg[0x10 + i] &= ~BIT (bit_high (m.reg[0x10 + i]));
            return;
        }
}

static void reg_write (unsigned n, uint32_t v)
{
    assert_true (m.base & APIC_BASE_EN);
    assert_true (n != 0x2 && n != 0x3 && n != 0x39 && (n < 0x10 || n > 0x27));      /* read-only                */

    bool const lvt = n == 0x2f || (n >= 0x32 && n <= 0x37);

    switch (n) {
        case 0xb:
            assert_int_equal (v, 0);
            m.eois++;
            finish_highest();
            return;
        case 0x28:
            assert_int_equal (v, 0);
            m.esr_writes++;
            return;
        case 0x30:
            assert_false (x2apic());
            assert_int_equal (m.pending, 0);
            m.icr[m.icrs++] = (uint64_t)m.reg[0x31] << 32 | v;
            break;
        case 0x38:
            m.count_start = machine.tsc;
            break;
    }

    if (lvt && !(m.reg[0xf] & BIT (8)))                 /* masks are stuck while the APIC is disabled           */
        v |= BIT (16);

    m.reg[n] = v;
}

static uint32_t model_mmio_read (uint64_t addr, unsigned bytes)
{
    assert_int_equal (bytes, 4);
    assert_false (x2apic());
    assert_true (addr >= MMIO && addr < MMIO + 0x400 && addr % 16 == 0);
    return reg_read ((unsigned)(addr - MMIO) / 16);
}

static void model_mmio_write (uint64_t addr, unsigned bytes, uint32_t val)
{
    assert_int_equal (bytes, 4);
    assert_false (x2apic());
    assert_true (addr >= MMIO && addr < MMIO + 0x400 && addr % 16 == 0);
    reg_write ((unsigned)(addr - MMIO) / 16, val);
}

static uint64_t model_rdmsr (uint32_t msr)
{
    if (msr == IA32_APIC_BASE)
        return m.base;

    assert_true (x2apic() && msr >= 0x800 && msr < 0x840 && msr != 0x831);
    return reg_read (msr - 0x800);
}

static void model_wrmsr (uint32_t msr, uint64_t val)
{
    if (msr == IA32_APIC_BASE) {
        uint64_t const mode = APIC_BASE_EN | APIC_BASE_EXTD, old = m.base & mode, new = val & mode;
        assert_int_equal (val & ~mode, m.base & ~mode);
        assert_true (new == old || (!old && new == APIC_BASE_EN) || (old == APIC_BASE_EN && new == mode && m.x2apic_cpu));
        m.base = val;
        return;
    }

    if (msr == IA32_TSC_DEADLINE) {
        assert_true (m.deadline_cpu && machine.fenced);
        assert_int_equal (m.reg[0x32] >> 17 & 3, 2);    /* writes are ignored in the other modes                */
        m.deadline = val;
        m.deadlines++;
        return;
    }

    assert_true (x2apic() && msr >= 0x800 && msr < 0x840 && msr != 0x831);

    if (msr == 0x830) {
        assert_true (machine.fenced);
        m.icr[m.icrs++] = val;
        return;
    }

    assert_true (val <= UINT32_MAX);
    reg_write (msr - 0x800, (uint32_t)val);
}

static int setup (void **state)
{
    (void)state;

    machine_reset();
    host_lines_reset();
    memset (&m, 0, sizeof m);

    machine.cpuid      = model_cpuid;
    machine.rdmsr      = model_rdmsr;
    machine.wrmsr      = model_wrmsr;
    machine.mmio_read  = model_mmio_read;
    machine.mmio_write = model_mmio_write;

    m.base      = MMIO | APIC_BASE_BSP | APIC_BASE_EN;
    m.timer_hz  = 1000000000;
    m.reg[0xf]  = 0xff;
    m.reg[0x35] = 0x700;                                /* as a BIOS leaves it: LINT0 takes the 8259            */
    m.reg[0x36] = 0x400;

    return 0;
}

static void boot (void)
{
    host_lines_reset();
    cpu_features_init();
    lapic_init ((volatile void *)(uintptr_t)MMIO);
    lapic_cpu_init();
}

static void xapic (void **state)
{
    (void)state;

    m.reg[0x10] = BIT (9);                              /* in service since before our time                     */
    m.reg[0x17] = BIT (31) | BIT (3);
    boot();
    assert_lines ("LAPIC: ID 18 version 0x15, xAPIC, one-shot timer at 1000 MHz");

    assert_int_equal (m.reg[0xf], BIT (8) | VEC_SPURIOUS);
    assert_int_equal (m.reg[0x8], 0);
    assert_int_equal (m.reg[0x3e], 0xb);
    assert_int_equal (m.reg[0x32], VEC_TIMER);
    assert_int_equal (m.eois, 3);
    assert_true (m.esr_writes >= 2);

    for (unsigned n = 0x33; n <= 0x37; n++)
        assert_true (m.reg[n] & BIT (16));

    assert_true (m.reg[0x2f] & BIT (16));

    assert_int_equal (lapic_id(), 0x12);
    m.pending = 5;                                      /* the last command is on its way                       */
    lapic_ipi (3, VEC_IPI_RKE);
    lapic_init_ipi (4);
    lapic_sipi (4, 0x8);
    assert_int_equal (m.icr[0], UINT64_C (3) << 56 | 0x4000 | VEC_IPI_RKE);
    assert_int_equal (m.icr[1], UINT64_C (4) << 56 | 0x4500);
    assert_int_equal (m.icr[2], UINT64_C (4) << 56 | 0x4608);

    m.reg[0x11] = BIT (5);
    assert_true (lapic_in_service (0x25));
    assert_false (lapic_in_service (0x26));
    assert_false (lapic_in_service (0x45));
}

static void x2 (void **state)
{
    (void)state;

    m.x2apic_cpu = true;
    m.base &= ~(uint64_t)APIC_BASE_EN;                  /* even from disabled: by way of xAPIC                  */
    boot();
    assert_lines ("LAPIC: ID 74565 version 0x15, x2APIC, one-shot timer at 1000 MHz");
    assert_true (lapic_x2apic());

    lapic_ipi (0x12345, VEC_IPI_TLB);
    lapic_init_ipi (0x100);
    lapic_sipi (0x100, 0x9);
    assert_int_equal (m.icr[0], UINT64_C (0x12345) << 32 | 0x4000 | VEC_IPI_TLB);
    assert_int_equal (m.icr[1], UINT64_C (0x100) << 32 | 0x4500);
    assert_int_equal (m.icr[2], UINT64_C (0x100) << 32 | 0x4609);
    lapic_eoi();
    assert_int_equal (m.eois, 1);
}

static void modes (void **state)
{
    (void)state;

    m.x2apic_cpu = m.deadline_cpu = true;
    machine.flags = "nox2apic";
    boot();
    assert_lines ("LAPIC: ID 18 version 0x15, xAPIC, TSC-deadline timer");

    setup (NULL);                                       /* firmware chose x2APIC: there is no way back          */
    m.x2apic_cpu = true;
    m.base |= APIC_BASE_EXTD;
    machine.flags = "nox2apic";
    boot();
    assert_lines ("LAPIC: ID 74565 version 0x15, x2APIC, one-shot timer at 1000 MHz");

    setup (NULL);
    m.deadline_cpu = true;
    machine.flags = "notscdeadline";
    boot();
    assert_lines ("LAPIC: ID 18 version 0x15, xAPIC, one-shot timer at 1000 MHz");

    setup (NULL);
    m.timer_dead = true;
    boot();
    assert_lines ("LAPIC: timer does not count", "LAPIC: ID 18 version 0x15, xAPIC, one-shot timer at 2400 MHz");
}

static void deadline_timer (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2; i++) {

        setup (NULL);
        m.deadline_cpu = true;
        m.x2apic_cpu = i;
        boot();
        assert_true (lapic_timer_deadline());
        assert_int_equal (m.deadline, 0);

        lapic_timer_set (123456789);
        assert_int_equal (m.deadline, 123456789);
        lapic_timer_set (0);                            /* long ago, not "never"                                */
        assert_int_equal (m.deadline, 1);
        lapic_timer_set (UINT64_MAX);
        assert_int_equal (m.deadline, 0);
    }
}

/* Whatever the two clocks: the count never ends before the deadline, unless it is saturated, and never much later */
static void one_shot_timer (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 300; i++) {

        setup (NULL);
        m.timer_hz       = 1000000 + host_random (&seed) % 3000000000;
        machine.tsc      = host_random (&seed) >> 20;
        machine.cost_tsc = 20;
        machine.cost_io  = 100 + host_random (&seed) % 400;
        boot();

        for (unsigned j = 0; j < 50; j++) {

            uint64_t const before = machine.tsc, delta = host_random (&seed) >> (22 + host_random (&seed) % 42);

            lapic_timer_set (before + delta);

            uint32_t const count = m.reg[0x38];
            uint64_t const fire = m.count_start + (uint64_t)((unsigned __int128)count * TSC_HZ / m.timer_hz);

            assert_true (count);

            if (count < UINT32_MAX) {
                assert_true (fire + 1 >= before + delta);
                assert_true (fire <= MAX (m.count_start, before + delta) + delta / 5000 + TSC_HZ / m.timer_hz * 2 + 1000);
            }
        }
    }

    lapic_timer_set (0);
    assert_int_equal (m.reg[0x38], 1);
    lapic_timer_set (UINT64_MAX - 1);
    assert_int_equal (m.reg[0x38], UINT32_MAX);
    lapic_timer_set (UINT64_MAX);
    assert_int_equal (m.reg[0x38], 0);
}

static void arithmetic (void **state)
{
    (void)state;

    assert_int_equal (lapic_timer_rate (10000000, 10000040, UINT32_MAX, UINT32_MAX - 10000010), BIT64 (32));
    assert_int_equal (lapic_timer_rate (24000000, 24000100, UINT32_MAX, UINT32_MAX - 240000), BIT64 (32) / 100 + 1);
    assert_int_equal (lapic_timer_rate (10000000, 10000040, 5, 5), 0);
    assert_int_equal (lapic_timer_rate (10000000, 10000040, 5, 6), 0);
    assert_int_equal (lapic_timer_rate (0, 10, 50, 6), 0);

    assert_int_equal (lapic_timer_count (0, BIT64 (32)), 1);
    assert_int_equal (lapic_timer_count (1, 1), 1);
    assert_int_equal (lapic_timer_count (1000, BIT64 (32)), 1000);
    assert_int_equal (lapic_timer_count (1001, BIT64 (31)), 501);
    assert_int_equal (lapic_timer_count (UINT32_MAX, BIT64 (32)), UINT32_MAX);
    assert_int_equal (lapic_timer_count (BIT64 (32), BIT64 (32)), UINT32_MAX);
    assert_int_equal (lapic_timer_count (UINT64_MAX, UINT64_MAX), UINT32_MAX);

    for (unsigned i = 0; i < 200000; i++) {

        uint64_t const ticks = host_random (&seed) >> host_random (&seed) % 64, rate = 1 + (host_random (&seed) >> 26);
        uint32_t const count = lapic_timer_count (ticks, rate);
        unsigned __int128 const need = (unsigned __int128)ticks * rate;

        assert_true (count == UINT32_MAX || (unsigned __int128)count << 32 >= need);
        assert_true (count == 1 || (unsigned __int128)(count - 1) << 32 < need);
    }
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (xapic, setup),
        cmocka_unit_test_setup (x2, setup),
        cmocka_unit_test_setup (modes, setup),
        cmocka_unit_test_setup (deadline_timer, setup),
        cmocka_unit_test_setup (one_shot_timer, setup),
        cmocka_unit_test_setup (arithmetic, setup),
    };

    seed = 1;

    return cmocka_run_group_tests (tests, NULL, NULL);
}
