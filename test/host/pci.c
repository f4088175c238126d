/* SPDX-License-Identifier: GPL-2.0-only */
/* Bus masters off on modelled machines: configuration space by ports and in memory. */
#include <pci.h>

#include <acpi/acpi.h>
#include <mmio.h>
#include <pio.h>

#include <host.h>

#define FUNCTIONS   600
#define ECAM        UINT64_C (0x4000000000)
#define BUS         (UINT64_C (1) << 20)

static struct function {
    uint16_t segment;
    unsigned bus, function;
    bool     stuck, lazy;                               /* master bit is hard-wired; only device number is decoded   */
    uint8_t  config[256], before[256];
    unsigned writes;
} fn[FUNCTIONS];

static unsigned fns, order[FUNCTIONS], writes;
static struct acpi acpi;

static struct function *add (uint16_t segment, unsigned bus, unsigned device, unsigned function, uint16_t command, uint8_t head)
{
    struct function *const f = &fn[fns++];

    assert_true (fns <= FUNCTIONS);
    *f = (struct function){ .segment = segment, .bus = bus, .function = device * 8 + function };

    for (unsigned i = 0; i < sizeof f->config; i++)
        f->config[i] = (uint8_t)(i * 7 + fns);

    host_put32 (f->config, 0, 0x29228086);
    host_put16 (f->config, 4, command);
    f->config[0xe] = head;

    return f;
}

static struct function *find (uint16_t segment, unsigned bus, unsigned function)
{
    for (unsigned i = 0; i < fns; i++)
        if (fn[i].segment == segment && fn[i].bus == bus &&
            (fn[i].function == function || (fn[i].lazy && fn[i].function == (function & ~7U))))
            return &fn[i];

    return NULL;
}

/* By ports: segment 0 ------------------------------------------------------------------------------------------------*/

static uint32_t latch;

static uint8_t *chosen (uint16_t port, unsigned bytes, struct function **f)
{
    unsigned const off = port - 0xcfcU;

    assert_true (port >= 0xcfc && off + bytes <= 4 && !(off % bytes));
    assert_true (latch & 0x80000000);
    assert_false (latch & 0x7f000003);

    *f = find (0, latch >> 16 & 0xff, latch >> 8 & 0xff);

    return *f ? (*f)->config + (latch & 0xfc) + off : NULL;
}

static uint32_t in (uint16_t port, unsigned bytes)
{
    struct function *f;
    uint32_t v = UINT32_MAX;
    uint8_t const *const p = chosen (port, bytes, &f);

    if (p)
        memcpy (&v, p, bytes);

    return v;
}

uint8_t  pio_in8  (uint16_t port) { return (uint8_t)in (port, 1); }
uint16_t pio_in16 (uint16_t port) { return (uint16_t)in (port, 2); }
uint32_t pio_in32 (uint16_t port) { return in (port, 4); }
void     pio_out8 (uint16_t port UNUSED, uint8_t v UNUSED) { fail(); }

void pio_out16 (uint16_t port, uint16_t v)
{
    struct function *f;
    uint8_t *const p = chosen (port, 2, &f);

    assert_non_null (f);
    assert_ptr_equal (p, f->config + 4);                /* the command register alone: a status bit is cleared by 1 */
    order[writes++] = f->bus;
    f->writes++;
    memcpy (p, &v, 2);
    p[0] |= f->stuck ? 4 : 0;
}

void pio_out32 (uint16_t port, uint32_t v)
{
    assert_int_equal (port, 0xcf8);
    latch = v;
}

/* In memory: the other segments ---------------------------------------------------------------------------------------*/

static uint8_t *space;                                  /* of one bus, written back when the next one is shown      */
static uint16_t shown_segment;
static unsigned shown_bus;
static bool no_window;

static void close_window (void)
{
    for (unsigned i = 0; space && i < fns; i++)
        if (fn[i].segment == shown_segment && fn[i].bus == shown_bus)
            memcpy (fn[i].config, space + fn[i].function * 4096, sizeof fn[i].config);

    free (space);
    space = NULL;
}

/* Segment n is at ECAM + n * 256 MiB */
volatile void *mmio_window (paddr_t addr, size_t size)
{
    assert_int_equal (size, BUS);
    assert_true (addr >= ECAM + 256 * BUS && !(addr % BUS));
    close_window();

    if (no_window)
        return NULL;

    shown_segment = (uint16_t)((addr - ECAM) / BUS / 256);
    shown_bus = (addr - ECAM) / BUS % 256;
    space = malloc (BUS);
    memset (space, 0xff, BUS);

    for (unsigned i = 0; i < fns; i++)
        if (fn[i].segment == shown_segment && fn[i].bus == shown_bus)
            memcpy (space + fn[i].function * 4096, fn[i].config, sizeof fn[i].config);

    return space;
}

volatile void *mmio_map (paddr_t addr UNUSED, size_t size UNUSED) { fail(); return NULL; }

static void ecam (uint16_t segment, uint8_t first, uint8_t last)
{
    acpi.ecam[acpi.ecams].base    = ECAM + segment * 256 * BUS;
    acpi.ecam[acpi.ecams].segment = segment;
    acpi.ecam[acpi.ecams].first   = first;
    acpi.ecam[acpi.ecams].last    = last;
    acpi.ecams++;
}

/* ---------------------------------------------------------------------------------------------------------------------*/

static void begin (void)
{
    memset (&acpi, 0, sizeof acpi);
    fns = writes = 0;
    no_window = false;
}

static struct pci_masters run (void)
{
    for (unsigned i = 0; i < fns; i++)
        memcpy (fn[i].before, fn[i].config, sizeof fn[i].config);

    struct pci_masters const m = pci_masters_off (acpi.ecam, acpi.ecams);

    close_window();
    assert_no_lines();

    return m;
}

/* Nothing but the master bit has changed, and that is off where it can be */
static void assert_off (struct function const *f)
{
    uint8_t want[256];

    memcpy (want, f->before, sizeof want);
    if (!f->stuck)
        want[4] &= (uint8_t)~4U;

    assert_memory_equal (f->config, want, sizeof want);
    assert_true (f->segment || f->writes == (f->before[4] >> 2 & 1));
}

static void test_machine (void **state UNUSED)
{
    begin();
    add (0, 0, 0, 0, 0x0106, 0x00);                     /* host bridge                                              */
    add (0, 0, 2, 0, 0x0407, 0x80);                     /* several functions, with a gap                            */
    add (0, 0, 2, 3, 0xffff, 0x00);
    add (0, 0, 2, 7, 0x0000, 0x00);                     /* no master                                                */
    add (0, 0, 28, 0, 0x0007, 0x81);                    /* bridges to 1 and, behind it, 2                           */
    add (0, 1, 0, 0, 0x0007, 0x01);
    add (0, 2, 0, 0, 0x0006, 0x00)->lazy = true;        /* answers for all functions, but has one                   */
    add (0, 0, 31, 0, 0x0007, 0x80)->stuck = true;
    add (0, 0x80, 5, 0, 0x0004, 0x00);                  /* a root bus that nothing names                            */
    add (0, 255, 31, 0, 0x0004, 0x80);
    add (0, 255, 31, 7, 0x0004, 0x00);

    struct pci_masters const m = run();

    assert_int_equal (m.functions, 11);
    assert_int_equal (m.off, 9);
    assert_int_equal (m.stuck, 1);

    for (unsigned i = 0; i < fns; i++)
        assert_off (&fn[i]);

    for (unsigned i = 1; i < writes; i++)               /* what is behind a bridge comes before it                  */
        assert_true (order[i] <= order[i - 1]);

    assert_int_equal (run().off, 0);                    /* and again: nothing is left to do                         */
}

/* Function 0 is missing: there is no device, whatever the others say (6.1) */
static void test_no_function_0 (void **state UNUSED)
{
    begin();
    add (0, 0, 4, 1, 0x0007, 0x00);
    assert_int_equal (run().functions, 0);
}

static void test_segments (void **state UNUSED)
{
    begin();
    ecam (0, 0, 255);
    ecam (1, 0, 15);
    ecam (1, 64, 64);
    ecam (2, 255, 255);
    add (0, 3, 0, 0, 0x0007, 0x00);
    add (1, 0, 0, 0, 0x0006, 0x80);
    add (1, 0, 0, 5, 0x0405, 0x00);
    add (1, 15, 31, 0, 0x0004, 0x00);
    add (1, 64, 0, 0, 0x0004, 0x00);
    add (2, 255, 31, 0, 0x0004, 0x00);

    struct function const *const outside = add (1, 16, 0, 0, 0x0004, 0x00);
    struct pci_masters m = run();

    assert_int_equal (m.functions, 6);
    assert_int_equal (m.off, 6);

    for (unsigned i = 0; i < fns - 1; i++)
        assert_off (&fn[i]);

    assert_memory_equal (outside->config, outside->before, sizeof outside->config);

    begin();                                            /* not to be reached: the others are still done             */
    ecam (1, 0, 255);
    no_window = true;
    add (0, 0, 0, 0, 0x0004, 0x00);
    add (1, 0, 0, 0, 0x0004, 0x00);
    m = run();
    assert_int_equal (m.off, 1);
}

static void test_random (void **state UNUSED)
{
    uint64_t seed = 5;

    for (unsigned n = 0; n < 30; n++) {

        begin();
        ecam (1, 0, 255);

        for (unsigned i = 0; i < 150; i++) {

            uint16_t const segment = host_random (&seed) % 4 == 0;
            unsigned const bus = host_random (&seed) % 256, device = host_random (&seed) % 32;

            if (find (segment, bus, device * 8))
                continue;

            add (segment, bus, device, 0, (uint16_t)host_random (&seed), 0x80);

            for (unsigned f = 1; f < 8; f++)
                if (host_random (&seed) % 3 == 0 && fns < FUNCTIONS)
                    add (segment, bus, device, f, (uint16_t)host_random (&seed), (uint8_t)(host_random (&seed) & 1));
        }

        assert_int_equal (run().functions, fns);

        for (unsigned i = 0; i < fns; i++)
            assert_off (&fn[i]);
    }
}

/* UARTs ----------------------------------------------------------------------------------------------------------------*/

static struct function *add_uart (unsigned bus, unsigned device, uint32_t class, uint32_t bar0, uint32_t bar1)
{
    struct function *const f = add (0, bus, device, 0, 0, 0);

    memset (f->config + 0x10, 0, 24);
    host_put32 (f->config, 8, class << 8);
    host_put32 (f->config, 0x10, bar0);
    host_put32 (f->config, 0x14, bar1);

    return f;
}

static uint16_t command (struct function const *f) { return (uint16_t)(f->config[4] | f->config[5] << 8); }

static void test_uarts (void **state UNUSED)
{
    static struct { uint32_t class, bar0, bar1; bool ports, found, port; uint64_t addr; } const c[] = {
        { 0x070002, 0xc001, 0, true, true, true, 0xc000 },
        { 0x070000, 0xfebf0000, 0, true, true, false, 0xfebf0000 },
        { 0x070006, 0xfebf000c, 0x12, true, true, false, 0x12febf0000 },    /* 64 bits                              */
        { 0x070002, 0xc001, 0xfebf0000, false, true, false, 0xfebf0000 },   /* ports are of no use                  */
        { 0x070002, 0xc001, 0xfebf0000, true, true, true, 0xc000 },
        { 0x070002, 1, 0, true, false, false, 0 },                          /* without an address                   */
        { 0x070002, 0x10001, 0, true, false, false, 0 },                    /* beyond the last port                 */
        { 0x070002, 0xfff9, 0, true, true, true, 0xfff8 },
        { 0x070002, 0xfffd, 0, true, false, false, 0 },
        { 0x070002, 0xfffffff4, 0xffffffff, true, false, false, 0 },        /* would wrap around                    */
        { 0x070007, 0xc001, 0, true, false, false, 0 },                     /* no 16550                             */
        { 0x070100, 0xc001, 0, true, false, false, 0 },                     /* a parallel port                      */
        { 0x0c0300, 0xc001, 0, true, false, false, 0 },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {

        struct pci_uart u = { 1, false };

        begin();
        add (0, 0, 0, 0, 0x7, 0)->config[0xb] = 6;
        struct function *const f = add_uart (i % 2 ? 0 : 200, 31, c[i].class, c[i].bar0, c[i].bar1);

        assert_int_equal (pci_uart_find (&u, NULL, 0, c[i].ports), c[i].found);

        if (c[i].found) {
            assert_int_equal (u.addr, c[i].addr);
            assert_int_equal (u.port, c[i].port);
        }

        assert_int_equal (command (f), c[i].found ? c[i].port ? 1 : 2 : 0);
    }

    struct pci_uart u;

    begin();                                            /* a bridge has no such registers; the next one on its bus  */
    add_uart (0, 1, 0x070002, 0xc001, 0)->config[0xe] = 1;
    add_uart (3, 2, 0x070002, 0xd001, 0);
    add_uart (4, 2, 0x070002, 0xe001, 0);
    assert_true (pci_uart_find (&u, NULL, 0, true));
    assert_int_equal (u.addr, 0xd000);

    begin();                                            /* one that decodes already is not written to               */
    host_put16 (add_uart (0, 1, 0x070002, 0xc001, 0)->config, 4, 0x107);
    assert_true (pci_uart_find (&u, NULL, 0, true));
    assert_int_equal (writes, 0);

    begin();
    assert_false (pci_uart_find (&u, NULL, 0, true));
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_machine), cmocka_unit_test (test_no_function_0), cmocka_unit_test (test_segments),
        cmocka_unit_test (test_random), cmocka_unit_test (test_uarts),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
