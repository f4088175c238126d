/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aarch64: gic.c and interrupt.c on a model of a GIC with two CPUs (IHI 0048 and IHI 0069): every short sequence of what devices, drivers
 * and CPUs do, where a CPU may be between acknowledging and handling an interrupt while others go on, and long random ones.
 *
 * The model fails the test when an interrupt is deactivated that is not active, when the end of one is not that of the last one
 * acknowledged, when an interrupt that is enabled is reconfigured, and when the register of 16 triggers is touched without its lock.
 */
#include <../arch/aarch64/gic.c>
#include <../kernel/interrupt.c>
#include <../arch/aarch64/interrupt_arch.c>

#include <host.h>

#define GICD    UINT64_C (0x8000000)
#define GICC    UINT64_C (0x8010000)
#define GICR    UINT64_C (0x80a0000)
#define IDS     96
#define SPI     37                                      /* one whose registers others share                         */
#define ID      (SPI + GIC_SPI_BASE)
#define PPI     26

struct cpu_local cpu_local;
static struct cpu_local other;
struct cpu_local *cpu_remote[CPU_MAX] = { &cpu_local, &other };

static uint64_t const mpidr[2] = { 0x200, UINT64_C (0x0700030211) };

static struct {
    bool     v3, rwp;
    uint32_t ctlr;
    bool     enabled[IDS], pending[IDS], active[IDS], edge[IDS], line[IDS], group[IDS];
    uint8_t  priority[IDS], target[IDS];
    uint32_t route[IDS][2];
    uint32_t private_enabled[2];
    bool     asleep[2], on[2];
    uint8_t  mask[2];
    bool     split[2];                                  /* EOImode                                                  */
    unsigned self, running[2];                          /* acknowledged, and not ended; 0: none                     */
    uint32_t ack[2];                                    /* what a CPU has acknowledged and will handle, 0: nothing  */
    uint32_t sgi[2];                                    /* pending, per CPU                                         */
    unsigned signals, others;
} m;

static uint64_t seed = 3;

static bool deliverable (unsigned id)
{
    return m.enabled[id] && !m.active[id] && (m.edge[id] ? m.pending[id] : m.line[id]) && m.priority[id] < m.mask[m.self] && m.ctlr &&
           m.on[m.self] && (!m.v3 || m.group[id]);
}

static bool mine (unsigned id)
{
    return m.v3 ? m.route[id][0] == (uint32_t)(mpidr[m.self] & 0xffffff) && m.route[id][1] == mpidr[m.self] >> 32
                : m.target[id] == 1U << (m.self * 3);   /* interface 0 and 3                                        */
}

static uint32_t acknowledge (void)
{
    for (unsigned id = GIC_SPI_BASE; id < IDS; id++)
        if (mine (id) && deliverable (id) && !m.running[m.self]) {
            m.active[id]  = true;
            m.pending[id] = false;
            m.running[m.self] = id;
            return id;
        }

    return 1023;
}

static void end (uint64_t v)
{
    assert_true (m.split[m.self]);
    assert_int_equal (v, m.running[m.self]);
    m.running[m.self] = 0;
}

static void deactivate (uint64_t v)
{
    assert_true (v < IDS && m.active[v]);               /* once for each time                                       */
    m.active[v] = false;
}

/* System registers of version 3, by their encodings (IHI 0069, 12.2) */
uint64_t model_read (char const *name)
{
    assert_true (m.v3);

    if (!strcmp (name, "S3_0_C12_C12_0"))
        return acknowledge();

    assert_string_equal (name, "S3_4_C12_C9_5");

    return 6;
}

void model_write (char const *name, uint64_t v)
{
    assert_true (m.v3);

    if (!strcmp (name, "S3_4_C12_C9_5"))
        assert_int_equal (v, 15);                       /* SRE, Enable for EL1, what was there                      */
    else if (!strcmp (name, "S3_0_C4_C6_0"))
        m.mask[m.self] = (uint8_t)v;
    else if (!strcmp (name, "S3_0_C12_C12_4"))
        m.split[m.self] = v >> 1 & 1;
    else if (!strcmp (name, "S3_0_C12_C12_7"))
        m.on[m.self] = v & 1;
    else if (!strcmp (name, "S3_0_C12_C12_1"))
        end (v);
    else if (!strcmp (name, "S3_0_C12_C11_1"))
        deactivate (v);
    else {
        assert_string_equal (name, "S3_0_C12_C11_5");   /* Aff3.Aff2.Aff1, range of Aff0, list; IRM 0               */
        assert_false (v >> 40 & 1);
        for (unsigned c = 0; c < 2; c++)
            if ((v >> 48 & 0xff) == mpidr[c] >> 32 && (v >> 32 & 0xff) == (mpidr[c] >> 16 & 0xff) &&
                (v >> 16 & 0xff) == (mpidr[c] >> 8 & 0xff) && (v >> 44 & 15) == (mpidr[c] >> 4 & 15) && v >> (mpidr[c] & 15) & 1)
                m.sgi[c] |= BIT (v >> 24 & 15);
    }
}

void model_isb (void) {}
void model_dsb (char const *domain UNUSED) {}
void model_tlbi (char const *op UNUSED, uint64_t v UNUSED) { fail(); }
uint32_t el3_write32 (paddr_t reg UNUSED, uint32_t v UNUSED) { fail(); return 0; }

volatile void *mmio_map (paddr_t addr, size_t size)
{
    assert_true (size >= 0x1000);
    return (volatile void *)addr;
}

static uint64_t at (volatile void *base, size_t off) { return (uintptr_t)base + off; }

/* Of a CPU: those of the redistributors, or the first ones of the distributor */
static bool private (uint64_t a, unsigned *cpu, uint64_t *reg)
{
    if (m.v3 && a >= GICR) {
        *cpu = (unsigned)((a - GICR) / 0x20000);
        *reg = (a - GICR) % 0x20000;
        assert_true (*cpu < 2);
        return true;
    }

    *cpu = m.self;
    *reg = 0x10000 + (a - GICD);

    return !m.v3 && (a - GICD == 0x100 || a - GICD == 0x180 || a - GICD == 0x380 || (a >= GICD + 0x400 && a < GICD + 0x420));
}

uint8_t mmio_read8 (volatile void *base UNUSED, size_t off UNUSED) { fail(); return 0; }
uint16_t mmio_read16 (volatile void *base UNUSED, size_t off UNUSED) { fail(); return 0; }
void mmio_write16 (volatile void *base UNUSED, size_t off UNUSED, uint16_t v UNUSED) { fail(); }

void mmio_write8 (volatile void *base, size_t off, uint8_t v)
{
    uint64_t const id = at (base, off) - GICD - 0x800;

    assert_true (!m.v3 && id >= GIC_SPI_BASE && id < IDS);
    m.target[id] = v;
}

uint32_t mmio_read32 (volatile void *base, size_t off)
{
    uint64_t const a = at (base, off), r = a - GICD;
    uint64_t reg;
    unsigned cpu;

    if (!m.v3 && a == GICC + 0xc)
        return acknowledge();

    if (private (a, &cpu, &reg))
        switch (reg) {
            case 0x8:       return cpu == 1 ? BIT (4) : 0;
            case 0xc:       return (uint32_t)(mpidr[cpu] >> 8 & 0xff000000) | (uint32_t)(mpidr[cpu] & 0xffffff);
            case 0x14:      return m.asleep[cpu] ? 6 : 0;
            case 0x0:       return 0;
            case 0x10100:   return m.private_enabled[cpu];
            default:        fail();
        }

    if (r == 0)
        return m.ctlr | (m.rwp = !m.rwp) * (m.v3 ? CTLR_RWP : 0);     /* settles at the second look            */
    if (r == 4)
        return IDS / 32 - 1;
    if (!m.v3 && r == 0x800)
        return 0;
    if (!m.v3 && r == 0x804)
        return BIT (m.self * 3) << 24;                  /* one of the four is there                                 */

    assert_true (r >= 0xc00 && r < 0xc00 + IDS / 4);
    assert_int_equal (config_lock.taken, 1);

    uint32_t v = 0;

    for (unsigned i = 0; i < 16; i++)
        v |= (m.edge[(r - 0xc00) * 4 + i] ? 2U : 0U) << i * 2;

    return v;
}

void mmio_write32 (volatile void *base, size_t off, uint32_t v)
{
    uint64_t const a = at (base, off), r = a - GICD;
    uint64_t reg;
    unsigned cpu;

    if (!m.v3 && a >= GICC) {
        switch (a - GICC) {
            case 0x0:       m.on[m.self] = v & 1; m.split[m.self] = v >> 9 & 1; return;
            case 0x4:       m.mask[m.self] = (uint8_t)v; return;
            case 0x10:      end (v); return;
            case 0x1000:    deactivate (v); return;
            default:        fail();
        }
    }

    if (private (a, &cpu, &reg)) {
        if (reg == 0x10100)
            m.private_enabled[cpu] |= v;
        else if (reg == 0x10180)
            m.private_enabled[cpu] &= ~v;
        else if (reg == 0x14)
            m.asleep[cpu] = v & 2;
        else
            assert_true (reg == 0x10080 || reg == 0x10380 || (reg >= 0x10400 && reg < 0x10420));
        return;
    }

    if (r == 0) {
        m.ctlr = v;
        return;
    }

    if (!m.v3 && r == 0xf00) {                          /* filter 0: the list                                       */
        assert_int_equal (v >> 24, 0);
        for (unsigned c = 0; c < 2; c++)
            if (v >> (16 + c * 3) & 1)
                m.sgi[c] |= BIT (v & 15);
        return;
    }

    if (m.v3 && r >= 0x6000) {
        unsigned const id = (unsigned)(r - 0x6000) / 8;
        assert_true (id >= GIC_SPI_BASE && id < IDS && !m.enabled[id]);
        m.route[id][r >> 2 & 1] = v;
        return;
    }

    if (r >= 0xc00 && r < 0xc00 + IDS / 4) {

        assert_int_equal (config_lock.taken, 1);

        for (unsigned i = 0; i < 16; i++) {
            unsigned const id = (unsigned)(r - 0xc00) * 4 + i;
            bool const edge = v >> (i * 2 + 1) & 1;
            if (edge != m.edge[id]) {
                assert_false (m.enabled[id]);
                m.pending[id] = false;
            }
            m.edge[id] = edge;
        }
        return;
    }

    if (r >= 0x400 && r < 0x400 + IDS) {
        for (unsigned i = 0; i < 4; i++)
            m.priority[r - 0x400 + i] = (uint8_t)(v >> 8 * i);
        return;
    }

    unsigned const first = (unsigned)(r & 0x7f) * 8;

    assert_true (first >= GIC_SPI_BASE && first < IDS);

    for (unsigned i = 0; i < 32; i++)
        if (v >> i & 1)
            switch (r & ~UINT64_C (0x7f)) {
                case 0x080: m.group[first + i] = true; break;
                case 0x100: m.enabled[first + i] = true; break;
                case 0x180: m.enabled[first + i] = false; break;
                case 0x380: m.active[first + i] = false; break;
                default:    fail();
            }
}

void interrupt_signal (unsigned i)
{
    if (i == SPI)
        m.signals++;
    else
        m.others++;
}

/* Events ------------------------------------------------------------------------------------------------------------- */

enum { NOTHING, RAISE, LOWER, DOWN, ACK, HANDLE = ACK + 2, ASSIGN = HANDLE + 2, EVENTS = ASSIGN + 8 };

static bool want_masked, want_level;

static void event (unsigned e)
{
    if (e == RAISE && !m.line[ID]) {
        m.line[ID] = true;
        m.pending[ID] |= m.edge[ID];
    }

    if (e == LOWER)
        m.line[ID] = false;

    if (e == DOWN)
        interrupt_deactivate (SPI);

    if (e >= ACK && e < ACK + 2 && !m.ack[e - ACK]) {
        m.self = e - ACK;
        uint32_t const a = gic_ack();
        m.ack[m.self] = gic_id (a) == 1023 ? 0 : a;
    }

    if (e >= HANDLE && e < HANDLE + 2 && m.ack[e - HANDLE]) {
        unsigned const signals = m.signals;
        m.self = e - HANDLE;
        interrupt_handle (m.ack[m.self]);
        m.ack[m.self] = 0;
        assert_int_equal (m.signals, signals + !want_masked);
        assert_int_equal (rlx_load (&sources[SPI].held), want_level && !want_masked);
    }

    if (e >= ASSIGN) {
        unsigned const n = e - ASSIGN;
        want_masked = n & 1;
        want_level  = n & 2;
        interrupt_assign (SPI, (cpu_t)(n >> 2), n >> 2, (want_masked ? FLAG_INT_MASK : 0U) | (want_level ? FLAG_INT_LEVEL : 0U));
        assert_int_equal (interrupt_cpu (SPI), n >> 2);
        assert_int_equal (m.enabled[ID], !want_masked);
        assert_int_equal (m.edge[ID], !want_level);
    }

    /* Active: acknowledged by one CPU, or held until the next semaphore-down; never both */
    unsigned const in_hand = (m.ack[0] == ID) + (m.ack[1] == ID), held = rlx_load (&sources[SPI].held);

    assert_int_equal (m.active[ID], in_hand + held);
}

static void boot (bool v3)
{
    struct platform const p = { .gic = v3 ? 3 : 2, .gicd = { GICD, 0x10000 }, .gicc = { GICC, 0x2000 }, .gicr = { { GICR, 0x40000 } },
                                .gicrs = 1, .timer_ppi = PPI };

    memset (&m, 0, sizeof m);
    memset (sources, 0, sizeof sources);
    m.v3 = v3;
    m.asleep[0] = m.asleep[1] = true;
    memset (m.active, 1, sizeof m.active);              /* firmware left them so                                    */
    memset (m.enabled, 1, sizeof m.enabled);
    gicrs = 0;
    host_lines_reset();
    assert_true (gic_init (&p));
    assert_int_equal (gic_spis(), IDS - 32);

    for (unsigned c = 0; c < 2; c++) {

        struct cpu_local const keep = cpu_local;

        m.self = c;
        cpu_local.id = c;
        cpu_local.arch.mpidr = mpidr[c];
        assert_true (gic_cpu_init (PPI));
        assert_int_equal (m.private_enabled[c], BIT (PPI) | BIT (SGI_KICK) | BIT (SGI_STOP));
        assert_true (m.on[c] && m.split[c] && (!v3 || !m.asleep[c]));
        if (c) {
            other = cpu_local;
            cpu_local = keep;
        }
    }

    for (unsigned id = GIC_SPI_BASE; id < IDS; id++)
        assert_false (m.active[id] || m.enabled[id]);
}

/* However it came about: what is up, unmasked and level-triggered is signaled once for every semaphore-down, and only then */
static void finish (void)
{
    for (unsigned i = 0; i < 4; i++)
        for (unsigned e = ACK; e < ASSIGN; e++)
            event (e);

    assert_true (!m.ack[0] && !m.ack[1]);
    event (LOWER);
    event (DOWN);
    assert_false (m.active[ID]);

    for (unsigned i = 0; i < 3; i++) {

        unsigned const signals = m.signals;

        event (RAISE);
        for (unsigned n = 0; n < 3; n++)
            for (unsigned e = ACK; e < ASSIGN; e++)
                event (e);

        assert_int_equal (m.signals, signals + !want_masked);
        if (i % 2 || !want_level)
            event (LOWER);
        event (DOWN);
    }
}

static void start (void)
{
    memset (sources, 0, sizeof sources);
    m.line[ID] = m.pending[ID] = m.active[ID] = false;
    m.ack[0] = m.ack[1] = m.running[0] = m.running[1] = 0;
    m.signals = 0;
    event (ASSIGN + 1);
}

static void exhaustive (void **state UNUSED)
{
    for (unsigned v = 0; v < 2; v++) {

        boot (v);

        for (unsigned long n = 0; n < (unsigned long)EVENTS * EVENTS * EVENTS * EVENTS; n++)
            for (unsigned level = 0; level < 2; level++) {

                unsigned long r = n;

                start();
                event (ASSIGN + level * 2);
                event (RAISE);
                for (unsigned i = 0; i < 4; i++, r /= EVENTS)
                    event ((unsigned)(r % EVENTS));
                finish();
            }
    }
}

static void random_events (void **state UNUSED)
{
    for (unsigned i = 0; i < 2000; i++) {

        if (i % 1000 == 0)
            boot (i / 1000);

        start();
        for (unsigned j = 0; j < 200; j++)
            event (host_random (&seed) % 2 ? ACK + host_random (&seed) % 4 : host_random (&seed) % EVENTS);
        finish();
    }
}

/* Sixteen triggers in one register: each assignment changes its own, and goes where it is to go */
static void neighbours (void **state UNUSED)
{
    for (unsigned v = 0; v < 2; v++) {

        bool edge[IDS] = { 0 };

        boot (v);

        for (unsigned n = 0; n < 5000; n++) {

            uint64_t const r = host_random (&seed);
            unsigned const spi = (unsigned)r % (IDS - GIC_SPI_BASE), id = spi + GIC_SPI_BASE, cpu = r >> 32 & 1;

            edge[id] = r >> 33 & 1;
            interrupt_assign (spi, (cpu_t)cpu, cpu, (edge[id] ? 0 : FLAG_INT_LEVEL) | (r >> 34 & 1 ? FLAG_INT_MASK : 0U));
            assert_int_equal (m.enabled[id], !(r >> 34 & 1));
            assert_memory_equal (m.edge + GIC_SPI_BASE, edge + GIC_SPI_BASE, IDS - GIC_SPI_BASE);

            for (m.self = 0; m.self < 2; m.self++)
                assert_int_equal (mine (id), m.self == cpu);
        }
    }
}

/* From each CPU to each */
static void sgis (void **state UNUSED)
{
    for (unsigned v = 0; v < 2; v++) {

        boot (v);

        for (unsigned c = 0; c < 2; c++) {
            m.sgi[0] = m.sgi[1] = 0;
            gic_sgi (cpu_remote[c]->arch.sgi_target, SGI_STOP);
            assert_int_equal (m.sgi[c], BIT (SGI_STOP));
            assert_int_equal (m.sgi[!c], 0);
        }
    }
}

/* Never assigned: ended and deactivated, nobody is told */
static void strays (void **state UNUSED)
{
    boot (true);
    m.self = 0;
    m.active[40] = true;
    m.running[0] = 40;
    interrupt_handle (40);
    assert_int_equal (m.others | m.signals, 0);
    assert_false (m.active[40]);
    interrupt_deactivate (8);                           /* not held: no access                                      */
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (exhaustive),
        cmocka_unit_test (random_events),
        cmocka_unit_test (neighbours),
        cmocka_unit_test (sgis),
        cmocka_unit_test (strays),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
