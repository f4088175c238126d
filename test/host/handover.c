/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel leaves for the root task where it has been its own boot loader: read back by those who read a boot loader's. */
#include <handover.h>

#include <boot_info.h>
#include <fdt.h>
#include <fdt_blob.h>
#include <multiboot.h>

#include <host.h>

static struct boot_info boot (char const *cmdline, uint64_t start, uint64_t end)
{
    struct boot_info b = { .root_start = start, .root_end = end, .efi_systab = 0x5f3f0018, .efi_image = 0x5c3e1898, .efi_services = true };

    strncpy (b.cmdline, cmdline, CMDLINE_MAX - 1);

    return b;
}

/* Device tree ---------------------------------------------------------------------------------------------------------- */

static struct fdt_blob machine (bool chosen)
{
    blob_begin ("");
    blob_cells ("#address-cells", 1, 2);
    blob_string ("compatible", "linux,dummy-virt");
    blob_begin ("cpus");
    blob_begin ("cpu@0");
    blob_cells ("reg", 1, 0);
    blob_end();
    blob_end();

    if (chosen) {
        blob_begin ("chosen");
        blob_string ("stdout-path", "/pl011@9000000");
        blob_string ("bootargs", "an old command line, longer than the new one");
        blob_nop();
        blob_cells ("linux,initrd-start", 1, 0x48000000);
        blob_cells ("linux,initrd-end", 2, 0, 0x48001000);
        blob_text ("rng-seed", "12345", 5);
        blob_begin ("module@0");
        blob_string ("bootargs", "of a child");
        blob_end();
        blob_end();
    }

    blob_begin ("pl011@9000000");
    blob_cells ("reg", 4, 0, 0x9000000, 0, 0x1000);
    blob_end();
    blob_end();

    return blob_finish();
}

/* In memory of exactly the size that was asked for */
static uint8_t *copy (struct fdt const *f, struct boot_info const *b, size_t *size)
{
    *size = handover_fdt (f, b, NULL);

    uint8_t *const to = *size ? malloc (*size) : NULL;

    if (to)
        assert_int_equal (handover_fdt (f, b, to), *size);

    return to;
}

static void assert_same_text (struct fdt_prop p, char const *text)
{
    assert_int_equal (p.size, strlen (text) + 1);
    assert_memory_equal (p.data, text, p.size);
}

static void assert_chosen (struct fdt const *f, struct boot_info const *b)
{
    struct boot_info found;

    fdt_boot_info (f, &found);
    assert_string_equal (found.cmdline, b->cmdline);
    assert_int_equal (found.root_start, b->root_start);
    assert_int_equal (found.root_end, b->root_end);
}

static unsigned count (struct fdt const *f)
{
    struct fdt_walk w;
    unsigned n = 0;

    for (fdt_walk (&w, f); fdt_next (&w); n++) {}

    return n;
}

static void test_tree (void **state UNUSED)
{
    for (unsigned chosen = 0; chosen < 2; chosen++) {

        struct fdt_blob const blob = machine (chosen);
        struct boot_info const one = boot ("console=keep -- a b", 0x5c262000, 0x5c2fb123);
        struct boot_info const two = boot ("", UINT64_C (0x8000000000), UINT64_C (0x8000000001));
        struct fdt f, g, h;
        struct fdt_walk w;
        size_t size, size2;

        assert_true (fdt_open (&f, blob.data, blob.size));

        uint8_t *const first = copy (&f, &one, &size);

        assert_true (fdt_open (&g, first, size));
        assert_int_equal (fdt_size (first), size);
        assert_chosen (&g, &one);
        assert_int_equal (count (&g), count (&f) + !chosen);

        /* A copy of the copy: the old properties are gone, not hidden */
        uint8_t *const second = copy (&g, &two, &size2);

        assert_true (fdt_open (&h, second, size2));
        assert_chosen (&h, &two);
        assert_int_equal (count (&h), count (&g));

        /* All the rest is there */
        assert_true (fdt_find (&w, &h, "/cpus/cpu@0"));
        assert_int_equal (fdt_prop (&w, "reg").size, 4);
        assert_true (fdt_find (&w, &h, "/pl011@9000000"));
        assert_int_equal (fdt_cell (fdt_prop (&w, "reg"), 1), 0x9000000);

        if (chosen) {
            assert_true (fdt_find (&w, &h, "/chosen"));
            assert_same_text (fdt_prop (&w, "stdout-path"), "/pl011@9000000");
            assert_int_equal (fdt_prop (&w, "rng-seed").size, 5);
            assert_memory_equal (fdt_prop (&w, "rng-seed").data, "12345", 5);
            assert_true (fdt_find (&w, &h, "/chosen/module@0"));
            assert_same_text (fdt_prop (&w, "bootargs"), "of a child");

            for (size_t at = 0; at + 19 <= size; at++)  /* nor does it lie between the properties                   */
                assert_true (memcmp (first + at, "an old command line", 19));
        }

        free (first);
        free (second);
        free (blob.data);
    }
}

/* Reservations are copied, up to the empty one, which is there even if there was none before the tree ended */
static void test_reserved (void **state UNUSED)
{
    static uint8_t const reserved[48] = { [7] = 0x42, [31] = 0x17 };
    struct fdt_blob const blob = machine (true);
    struct boot_info const b = boot ("x", 0x1000, 0x2000);
    size_t const at = align_up (blob.size, 8);

    for (size_t n = 16; n <= sizeof reserved; n += 16) {

        uint8_t *const in = calloc (1, at + n);
        struct fdt f;
        size_t size;

        memcpy (in, blob.data, blob.size);
        memcpy (in + at, reserved, n);

        uint32_t const word[] = { __builtin_bswap32 ((uint32_t)(at + n)), __builtin_bswap32 ((uint32_t)at) };

        memcpy (in + 4, &word[0], 4);
        memcpy (in + 16, &word[1], 4);
        assert_true (fdt_open (&f, in, at + n));

        uint8_t *const out = copy (&f, &b, &size);
        size_t const kept = MIN (n, 32U);

        assert_memory_equal (out + 40, reserved, kept);
        assert_memory_equal (out + 40 + kept, reserved + 32, 16);
        assert_true (fdt_open (&f, out, size));
        assert_int_equal (f.structs, 40 + kept + 16);
        assert_chosen (&f, &b);
        free (out);
        free (in);
    }

    free (blob.data);
}

/* Whatever byte is wrong: nothing is read outside of the tree, and what comes out is a tree or nothing */
static void test_damage (void **state UNUSED)
{
    struct fdt_blob const blob = machine (true);
    struct boot_info const b = boot ("x", 0x1000, 0x2000);
    unsigned good = 0;

    for (size_t at = 0; at < blob.size; at++)
        for (unsigned v = 0; v < 4; v++) {

            uint8_t *const in = malloc (blob.size);
            struct fdt f, g;
            size_t size;

            memcpy (in, blob.data, blob.size);
            in[at] = (uint8_t[]) { 0, 0xff, (uint8_t)(in[at] + 1), (uint8_t)(in[at] ^ 0x80) }[v];

            if (fdt_open (&f, in, blob.size)) {

                uint8_t *const out = copy (&f, &b, &size);

                if (out) {
                    assert_true (fdt_open (&g, out, size));
                    good++;
                }

                free (out);
            }

            free (in);
        }

    assert_true (good > blob.size);
    free (blob.data);
}

/* Multiboot ------------------------------------------------------------------------------------------------------------- */

#define INFO 0x5c3e0000

/* The string of the module, for which the kernel has no use */
static char const *module (uint8_t const *info)
{
    for (size_t at = 8; info[at]; at += align_up (info[at + 4] | (unsigned)info[at + 5] << 8, 8))
        if (info[at] == 3)
            return (char const *)info + at + 16;

    return NULL;
}

static void test_multiboot (void **state UNUSED)
{
    static struct { char const *all, *kernel, *root; } const line[] = {
        { "kilonova.img serial -- bench=ipc.* x", "kilonova.img serial", "bench=ipc.* x" },
        { "serial", "serial", "" }, { "", "", "" }, { "--", "", "" }, { "-- a", "", "a" }, { "a --", "a", "" },
        { "a --b -- c", "a --b", "c" },
        { "a   -- b -- c", "a", "b -- c" }, { "--  two blanks", "", "two blanks" }, { "---", "---", "" }, { "a-- b", "a-- b", "" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (line); i++)
        for (unsigned high = 0; high < 2; high++) {

            struct boot_info const b = boot (line[i].all, 0x5c262000 + ((uint64_t)high << 32), 0x5c2fb123 + ((uint64_t)high << 32));
            size_t const size = handover_multiboot (&b, NULL);
            uint8_t *const info = malloc (size);
            struct boot_info found;

            assert_int_equal (handover_multiboot (&b, info), size);
            host_mem_reset();
            host_lines_reset();
            host_mem_put (INFO, info, size);
            assert_int_equal (size % 8, 0);
            assert_true (multiboot_parse (&found, MULTIBOOT2_MAGIC, INFO));
            assert_string_equal (found.cmdline, line[i].kernel);
            assert_string_equal (module (info), line[i].root);
            assert_int_equal (found.efi_systab, b.efi_systab);
            assert_int_equal (found.efi_image, b.efi_image);
            assert_int_equal (found.root_start, high ? 0 : b.root_start);
            assert_int_equal (found.root_end, high ? 0 : b.root_end);
            free (info);
        }

    struct boot_info b = boot ("", 0x1000, 0x2000);     /* the longest one                                          */

    memset (b.cmdline, 'x', CMDLINE_MAX - 1);

    size_t const size = handover_multiboot (&b, NULL);
    uint8_t *const info = malloc (size);
    struct boot_info found;

    assert_int_equal (handover_multiboot (&b, info), size);
    host_mem_reset();
    host_mem_put (INFO, info, size);
    assert_true (multiboot_parse (&found, MULTIBOOT2_MAGIC, INFO));
    assert_string_equal (found.cmdline, b.cmdline);
    free (info);
}

/* Load options ---------------------------------------------------------------------------------------------------------- */

static void test_text (void **state UNUSED)
{
    static uint16_t const in[] = { 'k', 'n', ' ', 0x20ac, '\t', 0x7f, 'v', 0x141, 0, 'x' };
    char out[16];

    for (size_t n = 0; n <= sizeof in; n++) {           /* the end is where the size says or where a 0 is           */

        uint8_t *const options = malloc (n ? n : 1);

        memcpy (options, in, n);
        assert_true (handover_text (out, sizeof out, options, n));
        assert_int_equal (strlen (out), MIN (n / 2, 8U));
        assert_memory_equal (out, "kn ? ?v?", strlen (out));
        free (options);
    }

    assert_true (handover_text (out, 9, in, sizeof in));
    assert_string_equal (out, "kn ? ?v?");
    assert_false (handover_text (out, 8, in, sizeof in));
    assert_string_equal (out, "kn ? ?v");
    assert_false (handover_text (out, 1, in, sizeof in));
    assert_string_equal (out, "");
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_tree), cmocka_unit_test (test_reserved), cmocka_unit_test (test_damage),
        cmocka_unit_test (test_multiboot), cmocka_unit_test (test_text),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
