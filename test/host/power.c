/* SPDX-License-Identifier: GPL-2.0-only */
/* Sleep and reset: what reaches the platform, in which order, and that nothing waits for ever. */
#include <power.h>

#include <clock.h>
#include <machine.h>

#include <acpi/acpi.h>
#include <base/macros.h>

#include <host.h>

#define PM1A        0x604
#define PM1B        0x608
#define PM1A_MMIO   UINT64_C (0xfe000000)
#define RESET_MMIO  UINT64_C (0xfe000100)

uint64_t clock_freq (void)          { return 1000000000; }
void     clock_delay_us (uint64_t us) { machine.tsc += us * 1000; }

static struct {
    uint16_t    pm1a, pm1b;
    unsigned    enable_delay;                           /* reads until SCI_EN shows; 0: never                   */
    uint8_t     kbc;
    bool        obey;                                   /* end the test at the transition                       */
    char        log[2000];
    jmp_buf     end;
} m;

static struct acpi acpi;

static void note (char const *what, unsigned port, unsigned val)
{
    size_t const n = strlen (m.log);

    snprintf (m.log + n, sizeof m.log - n, "%s%s %x=%x", n ? " " : "", what, port, val);
}

static uint32_t pm1_read (uint16_t *r)
{
    if (m.enable_delay && !--m.enable_delay)
        m.pm1a |= 1, m.pm1b |= 1;

    return *r;
}

static uint32_t model_in (uint16_t port, unsigned bytes)
{
    switch (port) {
        case PM1A: assert_int_equal (bytes, 2); return pm1_read (&m.pm1a);
        case PM1B: assert_int_equal (bytes, 2); return pm1_read (&m.pm1b);
        case 0x64: return m.kbc;
    }

    fail_msg ("port %#x", port);
    return 0;
}

static void model_out (uint16_t port, unsigned bytes, uint32_t val)
{
    note (bytes == 1 ? "b" : bytes == 2 ? "w" : "l", port, val);

    if (port == 0xb2)
        m.enable_delay = 5;
}

static uint32_t model_read (uint64_t addr, unsigned bytes)
{
    assert_true (addr == PM1A_MMIO && bytes == 2);
    return pm1_read (&m.pm1a);
}

static void model_write (uint64_t addr, unsigned bytes, uint32_t val) { note (bytes == 2 ? "mw" : "mb", (unsigned)addr, val); }

static void model_fault (void)
{
    note ("fault", 0, 0);
    longjmp (m.end, 1);
}

static int setup (void **state)
{
    (void)state;

    machine_reset();
    machine.pio_in       = model_in;
    machine.pio_out      = model_out;
    machine.mmio_read    = model_read;
    machine.mmio_write   = model_write;
    machine.triple_fault = model_fault;

    memset (&m, 0, sizeof m);
    memset (&acpi, 0, sizeof acpi);

    acpi.fadt           = true;
    acpi.pm1a_cnt.space = acpi.pm1b_cnt.space = ACPI_GAS_IO;
    acpi.pm1a_cnt.addr  = PM1A;
    acpi.smi_cmd        = 0xb2;
    acpi.acpi_enable    = 0xa0;
    m.pm1a              = 0x1;

    return 0;
}

static void descriptor (void **state)
{
    (void)state;

    uint64_t const desc = 5 << 6 | 7 << 3 | 4;

    assert_int_equal (power_desc_s (desc), 4);
    assert_int_equal (power_desc_a (desc), 7);
    assert_int_equal (power_desc_b (desc), 5);
}

static void off (void **state)
{
    (void)state;

    power_init (&acpi);
    m.pm1a = 0x1c03;                                    /* an old type; BM_RLD stays                            */
    power_off (5, 2);
    assert_string_equal (m.log, "w 604=1403 w 604=3403");
    assert_true (machine.tsc < UINT64_C (3000000000));  /* came back                                            */

    setup (NULL);
    acpi.pm1b_cnt.addr = PM1B;
    power_init (&acpi);
    m.pm1a = m.pm1b = 5;                                /* GBL_RLS is not written back                          */
    power_off (7, 2);
    assert_string_equal (m.log, "w 604=1c01 w 608=801 w 604=3c01 w 608=2801");

    setup (NULL);
    acpi.pm1a_cnt.space = ACPI_GAS_MEMORY;
    acpi.pm1a_cnt.addr  = PM1A_MMIO;
    power_init (&acpi);
    power_off (0xff, 0);
    assert_string_equal (m.log, "mw fe000000=1c01 mw fe000000=3c01");
}

static void legacy_mode (void **state)
{
    (void)state;

    power_init (&acpi);
    m.pm1a = 0;
    power_off (5, 0);
    assert_string_equal (m.log, "b b2=a0 w 604=1401 w 604=3401");

    setup (NULL);
    acpi.acpi_enable = 0;                               /* no way to ask                                        */
    power_init (&acpi);
    m.pm1a = 0;
    power_off (5, 0);
    assert_string_equal (m.log, "w 604=1400 w 604=3400");
}

static void support (void **state)
{
    (void)state;

    bool const with[8] = { [4] = true, [5] = true, [7] = true }, without[8] = { [7] = true };

    power_init (&acpi);

    for (unsigned s = 0; s < 8; s++)
        assert_int_equal (power_supported (s), with[s]);

    assert_false (power_supported (8));

    acpi.pm1a_cnt.addr = 0;
    power_init (&acpi);

    for (unsigned s = 0; s < 8; s++)
        assert_int_equal (power_supported (s), without[s]);

    power_off (5, 5);                                   /* touches nothing                                      */
    assert_string_equal (m.log, "");

    acpi.pm1a_cnt.space = ACPI_GAS_PCI;                 /* in no space that we reach                            */
    acpi.pm1a_cnt.addr  = 4;
    power_init (&acpi);
    assert_false (power_supported (5));
}

static char const *reset (void)
{
    power_init (&acpi);

    if (!setjmp (m.end))
        power_reset();

    return m.log;
}

static void resets (void **state)
{
    (void)state;

    assert_string_equal (reset(), "b cf9=2 b cf9=6 b 64=fe fault 0=0");

    setup (NULL);
    m.kbc = 2;                                          /* busy for ever, or absent                             */
    assert_string_equal (reset(), "b cf9=2 b cf9=6 b 64=fe fault 0=0");

    setup (NULL);
    acpi.reset_supported = true;
    acpi.reset_value     = 0xf;
    acpi.reset.space     = ACPI_GAS_IO;
    acpi.reset.addr      = 0xcf9;
    assert_string_equal (reset(), "b cf9=f b cf9=2 b cf9=6 b 64=fe fault 0=0");

    setup (NULL);
    acpi.reset_supported = true;
    acpi.reset_value     = 0x1;
    acpi.reset.space     = ACPI_GAS_MEMORY;
    acpi.reset.addr      = RESET_MMIO;
    assert_string_equal (reset(), "mb fe000100=1 b cf9=2 b cf9=6 b 64=fe fault 0=0");

    setup (NULL);
    acpi.reset_supported = true;
    acpi.reset_value     = 0x12;
    acpi.reset.space     = ACPI_GAS_PCI;
    acpi.reset.addr      = UINT64_C (0x1f) << 32 | 2 << 16 | 0x45;
    assert_string_equal (reset(), "l cf8=8000fa44 b cfd=12 b cf9=2 b cf9=6 b 64=fe fault 0=0");
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (descriptor, setup),
        cmocka_unit_test_setup (off, setup),
        cmocka_unit_test_setup (legacy_mode, setup),
        cmocka_unit_test_setup (support, setup),
        cmocka_unit_test_setup (resets, setup),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
