/* SPDX-License-Identifier: GPL-2.0-only */
/* I/O APICs and 8259s: what is written to them, and in which order. */
#include <ioapic.h>

#include <machine.h>
#include <pic.h>
#include <vectors.h>

#include <acpi/acpi.h>
#include <base/macros.h>

#include <host.h>

#define CHIPS   4
#define BASE    UINT64_C (0xfec00000)

static struct { uint32_t sel, ver, entry[256][2]; unsigned writes; } chip[CHIPS];
static struct acpi acpi;

static uint32_t model_read (uint64_t addr, unsigned bytes)
{
    unsigned const c = (unsigned)(addr - BASE) >> 12, off = addr & 0xfff;

    assert_true (bytes == 4 && c < CHIPS);

    if (!chip[c].ver)                                   /* nobody there                                         */
        return UINT32_MAX;

    if (!off)
        return chip[c].sel;

    assert_int_equal (off, 0x10);

    if (chip[c].sel == 1)
        return chip[c].ver;

    assert_true (chip[c].sel >= 0x10);
    return chip[c].entry[(chip[c].sel - 0x10) / 2][chip[c].sel & 1];
}

static void model_write (uint64_t addr, unsigned bytes, uint32_t val)
{
    unsigned const c = (unsigned)(addr - BASE) >> 12, off = addr & 0xfff;

    assert_true (bytes == 4 && c < CHIPS);

    if (!off) {
        chip[c].sel = val & 0xff;
        return;
    }

    assert_int_equal (off, 0x10);
    assert_true (chip[c].sel >= 0x10);

    unsigned const n = (chip[c].sel - 0x10) / 2;

    assert_true (n <= (chip[c].ver >> 16 & 0xff) && n < 120);

    if (chip[c].sel & 1)                                /* the destination changes while the pin is masked only */
        assert_true (chip[c].entry[n][0] & BIT (16));

    chip[c].entry[n][chip[c].sel & 1] = val;
    chip[c].writes++;
}

static void add (unsigned i, uint32_t gsi, unsigned entries)
{
    acpi.ioapic[acpi.ioapics].addr  = BASE + i * 0x1000;
    acpi.ioapic[acpi.ioapics++].gsi = gsi;
    chip[i].ver = entries ? (entries - 1) << 16 | 0x20 : 0;

    for (unsigned n = 0; n < entries; n++)
        chip[i].entry[n][0] = n ? 0x930 + n : 0x700;    /* as firmware leaves them: unmasked                    */
}

/* The module's state is for one boot, so the whole life is one test */
static void life (void **state)
{
    (void)state;

    machine_reset();
    machine.mmio_read  = model_read;
    machine.mmio_write = model_write;

    assert_int_equal (ioapic_pins(), 0);

    add (0, 0, 24);
    add (1, 24, 120);
    add (2, 143, 240);                                  /* overlaps by one, exceeds the vectors and IOREGSEL     */
    acpi.ioapic[acpi.ioapics].addr = BASE + 0x3000;     /* absent device                                        */
    acpi.ioapic[acpi.ioapics++].gsi = 400;

    host_lines_reset();
    ioapic_init (&acpi);
    assert_lines ("IOAPIC: 0xfec00000 version 0x20, GSI 0-23", "IOAPIC: 0xfec01000 version 0x20, GSI 24-143",
                  "IOAPIC: 0xfec02000 version 0x20, GSI 143-262, not all usable", "IOAPIC: 0xfec03000 unusable");

    assert_int_equal (ioapic_pins(), VEC_GSI_COUNT);

    for (unsigned c = 0; c < 3; c++)
        for (unsigned n = 0; n <= MIN (chip[c].ver >> 16, 119U); n++) {
            assert_int_equal (chip[c].entry[n][0], BIT (16));
            assert_int_equal (chip[c].entry[n][1], 0);
        }

    ioapic_configure (2, 5, 0x32, false, false, false);
    assert_int_equal (chip[0].entry[2][0], 0x32);
    assert_int_equal (chip[0].entry[2][1], 5 << 24);

    ioapic_configure (2, 0xfe, 0x32, true, true, true);
    assert_int_equal (chip[0].entry[2][0], 0x1a032);
    assert_int_equal (chip[0].entry[2][1], 0xfe000000);

    ioapic_unmask (2);
    assert_int_equal (chip[0].entry[2][0], 0xa032);
    ioapic_mask (2);
    assert_int_equal (chip[0].entry[2][0], 0x1a032);

    ioapic_configure (143, 1, 0xbf, false, true, false);    /* first come                                       */
    assert_int_equal (chip[1].entry[119][0], 0x80bf);
    assert_int_equal (chip[2].entry[0][0], BIT (16));

    ioapic_configure (159, 1, 0xcf, false, true, false);
    assert_int_equal (chip[2].entry[16][0], 0x80cf);

    for (unsigned n = 0; n < 24; n++)                   /* no neighbour was touched                             */
        if (n != 2)
            assert_int_equal (chip[0].entry[n][0], BIT (16));
}

/* 8259 as a state machine of its initialization words */
static struct { unsigned icw; uint8_t base, imr; } pic[2];

static void model_out (uint16_t port, unsigned bytes, uint32_t val)
{
    unsigned const p = port >> 7;

    assert_true (bytes == 1 && (port & 0x7e) == 0x20);

    if (!(port & 1)) {
        assert_int_equal (val, 0x11);
        pic[p].icw = 2;
        return;
    }

    switch (pic[p].icw) {
        case 2: pic[p].base = (uint8_t)val; pic[p].icw = 3; return;
        case 3: assert_int_equal (val, p ? 2 : 4); pic[p].icw = 4; return;
        case 4: assert_int_equal (val, 1); pic[p].icw = 5; return;
        case 5: pic[p].imr = (uint8_t)val; return;
    }

    fail();
}

static void legacy (void **state)
{
    (void)state;

    machine_reset();
    machine.pio_out = model_out;
    pic_init();

    assert_int_equal (pic[0].base, 0x20);
    assert_int_equal (pic[1].base, 0x28);
    assert_int_equal (pic[0].imr & pic[1].imr, 0xff);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (life),
        cmocka_unit_test (legacy),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
