/* SPDX-License-Identifier: GPL-2.0-only */
/* ACPI: systematic damage. No sanitizer report, an end, and a result that keeps its promises (see assert_sane). */
#include <acpi_machine.h>

/* A PC and an Arm server: how they are built, how many lines and CPUs their tables give */
static struct { void (*build) (void); unsigned lines, cpus, gic_cpus; } const machine[] = {
    { build_full, 10, 3, 0 }, { build_arm, 10, 0, 3 },
};

/* Every table cut at every length, with memory that ends there, with and without a checksum that says all is well */
static void truncate_all (void (*build) (void))
{
    build();

    for (unsigned i = 0; i < count; i++) {

        struct table const saved = tables[i];

        for (size_t n = 0; n < saved.size; n++) {
            tables[i].size = n;
            parse();                                    /* the length still says more                               */

            if (n < 8)
                continue;

            host_put32 (tables[i].data, 4, (uint32_t)n);
            parse();

            if (n >= 10)
                fix (&tables[i]);

            parse();
            tables[i] = saved;
        }

        tables[i] = saved;
    }
}

static void test_truncate (void **state UNUSED)
{
    for (unsigned m = 0; m < ARRAY_SIZE (machine); m++)
        truncate_all (machine[m].build);
}

/* Every byte of every table and of the RSDP wrong once, in three ways, with and without the checksum corrected */
static void flip_all (unsigned which)
{
    static uint8_t const mask[] = { 0xff, 0x01, 0x80 };

    machine[which].build();

    for (unsigned i = 0; i < count; i++)
        for (size_t n = 0; n < tables[i].size; n++)
            for (unsigned m = 0; m < ARRAY_SIZE (mask); m++) {

                uint8_t const sum_saved = tables[i].data[9];

                tables[i].data[n] ^= mask[m];
                parse();
                fix (&tables[i]);
                parse();
                tables[i].data[n] ^= mask[m];
                tables[i].data[9] = sum_saved;
            }

    for (size_t n = 0; n < sizeof rsdp; n++)
        for (unsigned m = 0; m < ARRAY_SIZE (mask); m++) {
            rsdp[n] ^= mask[m];
            parse();
            fix_rsdp();
            parse();
            rsdp[n] ^= mask[m];
            fix_rsdp();
        }

    assert_true (parse());                              /* all damage is undone                                     */
    assert_int_equal (host_lines, machine[which].lines);
    assert_int_equal (acpi.cpus, machine[which].cpus);
    assert_int_equal (acpi.gic.cpus, machine[which].gic_cpus);
}

static void test_flip (void **state UNUSED)
{
    for (unsigned m = 0; m < ARRAY_SIZE (machine); m++)
        flip_all (m);
}

/* Bodies of random bytes; small ones more often, so that types and lengths make sense now and then */
static void test_random (void **state UNUSED)
{
    static struct { char const *sig; size_t size; } const kind[] = {
        { "APIC", 44 }, { "FACP", 36 }, { "HPET", 36 }, { "SPCR", 36 }, { "DBG2", 44 }, { "DMAR", 48 }, { "IVRS", 48 },
        { "MCFG", 44 }, { "GTDT", 36 }, { "IORT", 48 },
    };

    for (uint64_t seed = 1; seed <= 1500; seed++) {

        uint64_t s = seed;

        start (seed & 1 ? 2 : 0);

        for (unsigned i = 0; i < ARRAY_SIZE (kind); i++) {
            uint64_t const addr = 0x1ffe1000 + i * 0x1000 + (host_random (&s) & 15);
            struct table *const t = add (addr, kind[i].sig, 1, kind[i].size);
            size_t const more = host_random (&s) % 400;

            for (size_t n = 0; n < more; n++)
                BYTES (t, (uint8_t)(host_random (&s) >> (seed & 2 ? 56 : 60)));

            for (size_t n = 36; n < kind[i].size; n++)
                t->data[n] = (uint8_t)host_random (&s);

            if (i == 4)                                 /* DBG2 and IORT: where the first one is                    */
                host_put32 (t->data, 36, 44);
            if (i == 9)
                host_put32 (t->data, 40, 48);
            fix (t);
        }

        finish (true, seed & 1);
        assert_true (parse());
    }
}

/* Random bytes flipped anywhere, several at a time, checksums corrected */
static void test_random_flips (void **state UNUSED)
{
    for (uint64_t seed = 1; seed <= 1500; seed++) {

        uint64_t s = seed;

        machine[seed % ARRAY_SIZE (machine)].build();

        for (unsigned flips = 1 + host_random (&s) % 12; flips; flips--) {
            struct table *const t = &tables[host_random (&s) % count];
            t->data[host_random (&s) % t->size] = (uint8_t)host_random (&s);
            fix (t);
        }

        parse();
    }
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_truncate),
        cmocka_unit_test (test_flip),
        cmocka_unit_test (test_random),
        cmocka_unit_test (test_random_flips),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
