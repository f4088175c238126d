/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupts against a model of one I/O APIC pin, one device that sends messages, and two CPUs: every short sequence of events, with
 * another CPU's event slipped in before the EOI and before the signal, and long random ones.
 */
#include <interrupt.h>
#include <interrupt_arch.h>

#include <ioapic.h>
#include <lapic.h>
#include <root.h>
#include <vectors.h>

#include <abi/syscall.h>

#include <host.h>

#define GSI     5
#define MSI     100
#define VECTOR  (VEC_INT_BASE + GSI)

static struct {
    bool        line;
    bool        masked, level, rirr;                    /* redirection entry                                    */
    unsigned    dest;
    bool        irr[2];
    int         serving;                                /* CPU within interrupt_handle() for our vector, or -1  */
    unsigned    eois, signals, arrivals;
    bool        masked_at_eoi;
    bool        assigned, want_masked, want_level;      /* what the last assignment said                        */
    unsigned    before_eoi, before_signal;              /* events to slip in                                    */
} m;

static uint64_t seed = 1;
static bool in_service[256];
static unsigned other_eois;

static void deliver (void)
{
    if (m.level && m.line && !m.masked && !m.rirr) {
        m.rirr = true;
        m.irr[m.dest] = true;
    }
}

static void event (unsigned);

unsigned ioapic_pins (void) { return 24; }

void ioapic_configure (unsigned gsi, uint32_t apic_id, uint8_t vector, bool masked, bool level, bool low)
{
    assert_int_equal (gsi, GSI);
    assert_int_equal (vector, VECTOR);
    assert_false (low);

    m.masked = masked;
    m.level  = level;
    m.dest   = apic_id;

    if (!level)
        m.rirr = false;

    deliver();
}

void ioapic_mask (unsigned gsi)
{
    assert_int_equal (gsi, GSI);
    m.masked = true;
}

void ioapic_unmask (unsigned gsi)
{
    assert_int_equal (gsi, GSI);
    m.masked = false;
    deliver();
}

bool lapic_in_service (uint8_t vector) { return in_service[vector]; }

static bool msi_eoi (void);

void lapic_eoi (void)
{
    if (msi_eoi())
        return;

    if (m.serving < 0) {
        other_eois++;
        return;
    }

    unsigned const e = m.before_eoi;

    m.masked_at_eoi = m.masked;
    m.before_eoi = 0;
    event (e);
    m.eois++;
    m.rirr = false;
    deliver();
}

static bool msi_signal (unsigned i);

void interrupt_signal (unsigned gsi)
{
    if (msi_signal (gsi))
        return;

    assert_int_equal (gsi, GSI);

    unsigned const e = m.before_signal;

    m.before_signal = 0;
    event (e);
    m.signals++;
}

enum { NONE, RAISE, LOWER, DEACTIVATE, ASSIGN, HANDLE = ASSIGN + 8, EVENTS = HANDLE + 2 };

static void assign (unsigned n)
{
    unsigned const flags = (n & 1 ? FLAG_INT_MASK : 0) | (n & 2 ? FLAG_INT_LEVEL : 0);

    m.assigned    = true;
    m.want_masked = n & 1;
    m.want_level  = n & 2;

    uint32_t addr = 1;
    uint16_t data = 1;

    assert_true (interrupt_route (GSI, n >> 2, n >> 2, flags, &addr, &data));
    assert_int_equal (addr | data, 0);
    assert_int_equal (interrupt_cpu (GSI), n >> 2);
    assert_int_equal (m.masked, m.want_masked);
}

static void handle (unsigned cpu)
{
    if (!m.irr[cpu] || m.serving >= 0)
        return;

    unsigned const eois = m.eois, signals = m.signals;
    bool const masked = m.want_masked, level = m.want_level;

    m.irr[cpu] = false;
    m.serving  = (int)cpu;
    m.arrivals++;
    interrupt_handle (VECTOR);
    m.serving = -1;

    assert_int_equal (m.eois, eois + 1);
    assert_int_equal (m.signals, signals + !masked);    /* as configured when it arrived                        */

    if (!masked && level)
        assert_true (m.masked_at_eoi);
}

static void event (unsigned e)
{
    if (e == RAISE && !m.line) {

        m.line = true;

        if (!m.level && !m.masked)
            m.irr[m.dest] = true;

        deliver();
    }

    if (e == LOWER)
        m.line = false;

    if (e == DEACTIVATE)
        interrupt_deactivate (GSI);

    if (e >= ASSIGN && e < ASSIGN + 8)
        assign (e - ASSIGN);

    if (e >= HANDLE && e < EVENTS)
        handle (e - HANDLE);
}

static void start (void)
{
    memset (&m, 0, sizeof m);
    m.serving = -1;
    assign (1);
}

/* However it came about: an asserted, unmasked, level-triggered pin is signaled once for every semaphore-down, and only then */
static void finish (void)
{
    while (m.irr[0] || m.irr[1]) {                      /* no storm: each arrival masks the pin                 */
        assert_true (m.arrivals < 1000);
        event (HANDLE);
        event (HANDLE + 1);
    }

    event (DEACTIVATE);
    assert_int_equal (m.masked, m.want_masked);

    event (HANDLE);
    event (HANDLE + 1);

    if (!m.want_level || m.want_masked)
        return;

    event (LOWER);
    event (DEACTIVATE);
    event (RAISE);

    for (unsigned i = 0; i < 3; i++) {
        unsigned const signals = m.signals;
        event (HANDLE);
        event (HANDLE + 1);
        assert_int_equal (m.signals, signals + 1);
        event (HANDLE);
        event (HANDLE + 1);
        assert_int_equal (m.signals, signals + 1);
        event (DEACTIVATE);
    }
}

static void exhaustive (void **state)
{
    (void)state;

    for (unsigned long n = 0; n < (unsigned long)EVENTS * EVENTS * EVENTS * EVENTS * EVENTS; n++) {

        unsigned long r = n;

        start();

        for (unsigned i = 0; i < 5; i++, r /= EVENTS)
            event ((unsigned)(r % EVENTS));

        finish();
    }
}

static void slipped (void **state)
{
    (void)state;

    for (unsigned n = 0; n < EVENTS * EVENTS * EVENTS * 8 * 2; n++) {

        unsigned r = n / 16;

        start();
        event (ASSIGN + n % 8);
        event (RAISE);

        if (n / 8 % 2)
            event (LOWER);

        event (r % EVENTS), r /= EVENTS;
        m.before_eoi    = r % EVENTS, r /= EVENTS;
        m.before_signal = r % EVENTS;
        event (HANDLE);
        event (HANDLE + 1);
        m.before_eoi = m.before_signal = 0;
        finish();
    }
}

static void random_events (void **state)
{
    (void)state;

    for (unsigned i = 0; i < 2000; i++) {

        start();

        for (unsigned j = 0; j < 200; j++) {
            m.before_eoi    = host_random (&seed) % 4 ? 0 : host_random (&seed) % EVENTS;
            m.before_signal = host_random (&seed) % 4 ? 0 : host_random (&seed) % EVENTS;
            event (host_random (&seed) % 4 ? HANDLE + host_random (&seed) % 2 : host_random (&seed) % EVENTS);
        }

        m.before_eoi = m.before_signal = 0;
        m.arrivals = 0;
        finish();
    }
}

static void strays (void **state)
{
    (void)state;

    uint64_t const before = interrupt_strays();

    m.serving = -1;
    other_eois = 0;

    interrupt_handle (VEC_SPURIOUS);                    /* in service nowhere: no EOI                           */
    interrupt_handle (VEC_PIC_BASE + 7);
    assert_int_equal (other_eois, 0);

    in_service[VEC_SPURIOUS] = in_service[VEC_PIC_BASE + 7] = true;
    interrupt_handle (VEC_SPURIOUS);                    /* a message with such a vector: EOI                    */
    interrupt_handle (VEC_PIC_BASE + 7);
    assert_int_equal (other_eois, 2);

    interrupt_handle (VEC_INT_BASE + 9);                /* never assigned, even beyond the pins                 */
    interrupt_handle (VEC_INT_BASE + VEC_INT_COUNT - 1);
    assert_int_equal (other_eois, 4);
    assert_int_equal (interrupt_strays(), before + 6);
    assert_int_equal (interrupt_cpu (9), 0);
    interrupt_deactivate (9);                           /* nothing held: no access to the pin                   */
}

static void refused (void **state)
{
    (void)state;

    start();

    uint32_t addr = 1;
    uint16_t data = 1;

    assert_false (interrupt_route (GSI, 1, 255, FLAG_INT_LEVEL, &addr, &data));
    assert_false (interrupt_route (GSI, 1, 0x100, FLAG_INT_LEVEL, &addr, &data));
    assert_int_equal (interrupt_cpu (GSI), 0);
    assert_true (m.masked && !m.level);

    assert_false (interrupt_route (MSI, 1, 255, 0, &addr, &data));
    assert_false (interrupt_route (MSI, 1, 0x100, 0, &addr, &data));
    assert_int_equal (interrupt_cpu (MSI), 0);
    assert_true (addr == 1 && data == 1);
}

/*
 * Messages. The driver programs the device some time after the assignment. A message sets a bit in the local APIC of its
 * destination, where a second one makes no difference (SDM 3A, 11.8.4); the CPU takes it later.
 */
static struct {
    bool        on;
    uint32_t    addr, programmed_addr;                  /* as told last, and in the device                      */
    uint16_t    data, programmed_data;
    bool        irr[2];
    bool        serving, masked;
    unsigned    arrivals, eois, signals, wanted;
    unsigned    before_eoi, before_signal;              /* events to slip in                                    */
} d;

enum { D_NONE, D_SEND, D_PROGRAM, D_DEACTIVATE, D_ASSIGN, D_HANDLE = D_ASSIGN + 8, D_EVENTS = D_HANDLE + 2 };

static void d_event (unsigned);

/* What a local APIC makes of it: the CPU, or nobody */
static void d_send (uint32_t addr, uint16_t data)
{
    unsigned const cpu = addr >> 12 & 0xff;

    if (!addr)
        return;                                         /* not programmed yet                                   */

    assert_int_equal (addr & 0xfff00fff, 0xfee00000);   /* physical destination, no redirection hint            */
    assert_int_equal (data & 0xff00, 0);                /* edge, fixed delivery                                 */
    assert_int_equal (data, VEC_INT_BASE + MSI);
    assert_true (cpu < 2);

    d.irr[cpu] = true;
}

static void d_handle (unsigned cpu)
{
    if (!d.irr[cpu] || d.serving)
        return;

    unsigned const eois = d.eois, signals = d.signals;
    bool const masked = d.masked;

    d.irr[cpu] = false;
    d.serving  = true;
    d.arrivals++;
    d.wanted += !masked;
    interrupt_handle (VEC_INT_BASE + MSI);
    d.serving = false;

    assert_int_equal (d.eois, eois + 1);
    assert_int_equal (d.signals, signals + !masked);
}

static void d_event (unsigned e)
{
    switch (e) {
        case D_NONE:       return;
        case D_SEND:       d_send (d.programmed_addr, d.programmed_data); return;
        case D_PROGRAM:    d.programmed_addr = d.addr; d.programmed_data = d.data; return;
        case D_DEACTIVATE: interrupt_deactivate (MSI); return;
    }

    if (e >= D_HANDLE) {
        d_handle (e - D_HANDLE);
        return;
    }

    unsigned const n = e - D_ASSIGN;

    d.masked = n & 1;
    assert_true (interrupt_route (MSI, n >> 2, n >> 2, (n & 1 ? FLAG_INT_MASK : 0) | (n & 2 ? FLAG_INT_LEVEL : 0), &d.addr, &d.data));
    assert_int_equal (interrupt_cpu (MSI), n >> 2);
    assert_int_equal (d.addr, 0xfee00000 | (n >> 2) << 12);
}

static bool msi_signal (unsigned i)
{
    if (!d.on)
        return false;

    unsigned const e = d.before_signal;

    assert_int_equal (i, MSI);
    d.before_signal = 0;
    d_event (e);
    d.signals++;

    return true;
}

static bool msi_eoi (void)
{
    if (!d.on)
        return false;

    unsigned const e = d.before_eoi;

    d.before_eoi = 0;
    d_event (e);
    d.eois++;

    return true;
}

static void d_start (void)
{
    memset (&d, 0, sizeof d);
    d.on = true;
    d_event (D_ASSIGN + 1);
}

/* However it came about: an unmasked message is signaled once each time that it arrives */
static void d_finish (void)
{
    d.before_eoi = d.before_signal = 0;
    d_event (D_HANDLE);
    d_event (D_HANDLE + 1);
    assert_int_equal (d.signals, d.wanted);

    d_event (D_ASSIGN + 4);
    d_event (D_PROGRAM);

    for (unsigned i = 0; i < 3; i++) {
        unsigned const signals = d.signals;
        d_event (D_SEND);
        assert_true (d.irr[1] && !d.irr[0]);
        d_event (D_HANDLE + 1);
        assert_int_equal (d.signals, signals + 1);
    }

    d.on = false;
}

static void messages (void **state)
{
    (void)state;

    for (unsigned n = 0; n < D_EVENTS * D_EVENTS * D_EVENTS * D_EVENTS; n++) {

        unsigned r = n;

        d_start();

        for (unsigned i = 0; i < 4; i++, r /= D_EVENTS)
            d_event (r % D_EVENTS);

        d_finish();
    }

    /* While one is being handled, another CPU assigns, or the device sends again */
    for (unsigned n = 0; n < D_EVENTS * D_EVENTS * 8; n++) {
        d_start();
        d_event (D_ASSIGN + n % 8);
        d_event (D_PROGRAM);
        d_event (D_SEND);
        d.before_eoi    = n / 8 % D_EVENTS;
        d.before_signal = n / 8 / D_EVENTS;
        d_event (D_HANDLE);
        d_event (D_HANDLE + 1);
        d_finish();
    }

    for (unsigned i = 0; i < 2000; i++) {

        d_start();

        for (unsigned j = 0; j < 200; j++) {
            d.before_eoi    = host_random (&seed) % 4 ? 0 : host_random (&seed) % D_EVENTS;
            d.before_signal = host_random (&seed) % 4 ? 0 : host_random (&seed) % D_EVENTS;
            d_event (host_random (&seed) % 2 ? D_SEND + host_random (&seed) % 2 * (D_HANDLE - D_SEND) : host_random (&seed) % D_EVENTS);
        }

        d_finish();
    }
}

/* All interrupts have vectors of their own, on all CPUs, and a message for each CPU that can be reached */
static void vectors (void **state)
{
    (void)state;

    assert_int_equal (interrupt_pins() + interrupt_msis(), VEC_INT_COUNT);
    assert_true (interrupt_msis() >= VEC_INT_COUNT - VEC_GSI_COUNT);
    assert_true (VEC_INT_BASE >= VEC_PIC_BASE + VEC_PIC_COUNT && VEC_INT_BASE + VEC_INT_COUNT <= VEC_TIMER);

    for (unsigned i = interrupt_pins(); i < VEC_INT_COUNT; i++)
        for (uint32_t id = 0; id <= IOAPIC_DEST_MAX; id += 127) {

            uint32_t addr = 0;
            uint16_t data = 0;

            assert_true (interrupt_route (i, 0, id, FLAG_INT_MASK, &addr, &data));
            assert_int_equal (addr, 0xfee00000 | id << 12);
            assert_int_equal (data, VEC_INT_BASE + i);
        }
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (strays),
        cmocka_unit_test (exhaustive),
        cmocka_unit_test (slipped),
        cmocka_unit_test (random_events),
        cmocka_unit_test (refused),
        cmocka_unit_test (messages),
        cmocka_unit_test (vectors),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
