/* SPDX-License-Identifier: GPL-2.0-only */
/* Patching of a modelled text: what is chosen, what is written, and that nothing else is. The features of x86_64. */
#include <patch.h>

#include <cfp.h>
#include <cpu_features.h>
#include <cpuid.h>
#include <fpu.h>
#include <pcid.h>

#include <host.h>

#define TEXT    256
#define ENTRIES 16

static uint8_t text[TEXT], before[TEXT], with[TEXT];
static struct patch table[ENTRIES];
static unsigned entries, with_used, syncs;
static bool smap, pcid_used;
static enum fpu_form used_form;
struct cfp cfp;

bool cpu_has (enum cpu_feature f)
{
    assert_int_equal (f, CPU_SMAP);
    return smap;
}

bool pcid_in_use (void)        { return pcid_used; }
enum fpu_form fpu_form (void)  { return used_form; }

/* The serializing instruction: after the last byte of a site */
struct cpuid cpuid (uint32_t leaf, uint32_t subleaf)
{
    (void)leaf;
    (void)subleaf;
    syncs++;

    return (struct cpuid) { 0, 0, 0, 0 };
}

static int setup (void **state)
{
    uint64_t seed = 4711;

    (void)state;

    for (unsigned i = 0; i < TEXT; i++)
        before[i] = text[i] = (uint8_t)(host_random (&seed) | 1);

    entries = with_used = syncs = 0;
    smap = pcid_used = true;
    used_form = FPU_XSAVES;
    host_lines_reset();

    return 0;
}

static void entry (unsigned site, uint8_t size, unsigned feature, char const *new)
{
    struct patch *const p = table + entries++;
    size_t const length = strlen (new);

    memcpy (with + with_used, new, length);
    *p = (struct patch){ .site = (int32_t)(text + site - (uint8_t *)&p->site), .site_size = size, .feature = (uint16_t)feature,
                         .with = (int32_t)(with + with_used - (uint8_t *)&p->with), .with_size = (uint8_t)length };
    with_used += length;
}

static void apply (void) { patch_apply (table, table + entries); }

static void same (unsigned from, unsigned to) { assert_memory_equal (text + from, before + from, to - from); }

static void nothing (void **state)
{
    (void)state;

    apply();
    assert_lines ("PATCH: 0 of 0 sites replaced");

    entry (10, 3, PATCH_SMAP, "");
    entry (20, 5, PATCH_PCID, "new");
    entry (30, 4, PATCH_XSAVES, "abcd");
    entry (30, 4, PATCH_XSAVE, "efgh");
    host_lines_reset();
    apply();
    same (0, TEXT);
    assert_int_equal (syncs, 0);
    assert_lines ("PATCH: 0 of 3 sites replaced");
}

static void one (void **state)
{
    static uint8_t const nop3[] = { 0x0f, 0x1f, 0 }, nop2[] = { 0x66, 0x90 };

    (void)state;

    entry (0, 3, PATCH_SMAP, "");
    entry (20, 5, PATCH_PCID, "new");
    entry (TEXT - 4, 4, PATCH_SMAP, "abcd");
    smap = false;
    pcid_used = false;
    apply();

    assert_memory_equal (text, nop3, 3);
    same (3, 20);
    assert_memory_equal (text + 20, "new", 3);
    assert_memory_equal (text + 23, nop2, 2);
    same (25, TEXT - 4);
    assert_memory_equal (text + TEXT - 4, "abcd", 4);
    assert_int_equal (syncs, 3);
    assert_lines ("PATCH: 3 of 3 sites replaced: no SMAP 2, no PCID 1");
}

static void chain (void **state)
{
    static struct { enum fpu_form form; char const *text, *line; } const expect[] = {
        { FPU_XSAVES,   NULL,   "PATCH: 0 of 3 sites replaced" },
        { FPU_XSAVEC,   "cccc", "PATCH: 2 of 3 sites replaced: no XSAVES 2" },
        { FPU_XSAVEOPT, "oooo", "PATCH: 2 of 3 sites replaced: no XSAVES 1, no XSAVEC 1" },
        { FPU_XSAVE,    "xxxx", "PATCH: 2 of 3 sites replaced: no XSAVES 1, no XSAVEOPT 1" },
        { FPU_FXSAVE,   "ffff", "PATCH: 2 of 3 sites replaced: no XSAVE 2" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (expect); i++) {

        setup (state);
        entry (8, 4, PATCH_XSAVES,   "cccc");
        entry (8, 4, PATCH_XSAVEC,   "oooo");
        entry (8, 4, PATCH_XSAVEOPT, "xxxx");
        entry (8, 4, PATCH_XSAVE,    "ffff");
        entry (12, 4, PATCH_XSAVES,  "rrrr");
        entry (12, 4, PATCH_XSAVE,   "gggg");
        entry (16, 3, PATCH_PCID,    "");
        used_form = expect[i].form;
        apply();

        same (0, 8);
        assert_memory_equal (text + 8, expect[i].text ? expect[i].text : (char const *)before + 8, 4);
        assert_memory_equal (text + 12, i == 0 ? (char const *)before + 12 : i < 4 ? "rrrr" : "gggg", 4);
        same (16, TEXT);
        assert_int_equal (syncs, i ? 2 : 0);
        assert_lines (expect[i].line);
    }
}

/* Length of the NOP at p (Intel SDM 2B, NOP; 2A, 2.1): prefixes, 90 or 0F 1F /0 with its operand */
static unsigned nop_length (uint8_t const *p)
{
    unsigned n = 0;

    while (p[n] == 0x66)
        n++;

    if (p[n] == 0x90)
        return n + 1;

    assert_int_equal (p[n], 0x0f);
    assert_int_equal (p[n + 1], 0x1f);

    uint8_t const modrm = p[n + 2];
    assert_int_equal (modrm >> 3 & 7, 0);
    assert_int_not_equal (modrm >> 6, 3);
    n += 3;

    if ((modrm & 7) == 4) {
        assert_int_not_equal (p[n] & 7, 5);
        n++;
    } else
        assert_int_not_equal (modrm & 7, 5);

    return n + (modrm >> 6 == 1 ? 1 : modrm >> 6 == 2 ? 4 : 0);
}

static void nops (void **state)
{
    (void)state;

    for (unsigned size = 0; size <= 100; size++) {

        unsigned count = 0, at = 50;

        setup (state);
        patch_fill (text + 50, size);
        same (0, 50);
        same (50 + size, TEXT);

        for (; at < 50 + size; count++)
            at += nop_length (text + at);

        assert_int_equal (at, 50 + size);
        assert_int_equal (count, (size + 14) / 15);     /* an instruction has up to 15 bytes                    */
    }
}

/* "This or better": from any form on, no feature of the chain comes back */
static void in_use (void **state)
{
    (void)state;

    for (used_form = FPU_FXSAVE; used_form <= FPU_XSAVES; used_form++) {
        assert_int_equal (patch_in_use (PATCH_XSAVE),    used_form >= FPU_XSAVE);
        assert_int_equal (patch_in_use (PATCH_XSAVEOPT), used_form >= FPU_XSAVEOPT);
        assert_int_equal (patch_in_use (PATCH_XSAVEC),   used_form >= FPU_XSAVEC);
        assert_int_equal (patch_in_use (PATCH_XSAVES),   used_form >= FPU_XSAVES);
    }

    for (unsigned f = 0; f < PATCH_FEATURES; f++)
        assert_non_null (patch_name[f]);

    assert_true (patch_in_use (PATCH_SMAP) && patch_in_use (PATCH_PCID));
    smap = false;
    assert_false (patch_in_use (PATCH_SMAP));
    pcid_used = false;
    assert_false (patch_in_use (PATCH_PCID));

    cfp = (struct cfp){ .branch = true, .ret = false };
    assert_false (patch_in_use (PATCH_SHSTK));
    cfp.ret = true;
    assert_true (patch_in_use (PATCH_SHSTK));
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (nothing, setup),
        cmocka_unit_test_setup (one, setup),
        cmocka_unit_test_setup (chain, setup),
        cmocka_unit_test_setup (nops, setup),
        cmocka_unit_test_setup (in_use, setup),
    };

    return cmocka_run_group_tests_name ("patch", tests, NULL, NULL);
}
