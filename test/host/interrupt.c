/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Interrupt pins against a model of one I/O APIC pin and two CPUs: every short sequence of events, with another CPU's event
 * slipped in before the EOI and before the signal, and long random ones.
 */
#include <interrupt.h>

#include <ioapic.h>
#include <lapic.h>
#include <vectors.h>

#include <abi/syscall.h>

#include <host.h>

#define GSI     5
#define VECTOR  (VEC_GSI_BASE + GSI)

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

void lapic_eoi (void)
{
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

void interrupt_signal (unsigned gsi)
{
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

    assert_true (interrupt_assign (GSI, n >> 2, n >> 2, flags));
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

    interrupt_handle (VEC_GSI_BASE + 9);                /* never assigned, even beyond the pins                 */
    interrupt_handle (VEC_GSI_BASE + VEC_GSI_COUNT - 1);
    assert_int_equal (other_eois, 4);
    assert_int_equal (interrupt_strays(), before + 6);
    assert_int_equal (interrupt_cpu (9), 0);
    interrupt_deactivate (9);                           /* nothing held: no access to the pin                   */
}

static void refused (void **state)
{
    (void)state;

    start();
    assert_false (interrupt_assign (GSI, 1, 255, FLAG_INT_LEVEL));
    assert_false (interrupt_assign (GSI, 1, 0x100, FLAG_INT_LEVEL));
    assert_int_equal (interrupt_cpu (GSI), 0);
    assert_true (m.masked && !m.level);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (strays),
        cmocka_unit_test (exhaustive),
        cmocka_unit_test (slipped),
        cmocka_unit_test (random_events),
        cmocka_unit_test (refused),
    };

    interrupt_init();

    return cmocka_run_group_tests (tests, NULL, NULL);
}
