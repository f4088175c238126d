/* SPDX-License-Identifier: GPL-2.0-only */
/* Device trees: what a valid one says, then every truncation and every damaged byte of it. */
#include <boot_info.h>
#include <fdt.h>
#include <fdt_blob.h>

static struct fdt_blob sample (void)
{
    blob_begin ("");
    blob_cells ("#address-cells", 1, 2);
    blob_cells ("#size-cells", 1, 2);
    blob_nop();
    blob_string ("compatible", "test,board\0test,soc");
    blob_begin ("aliases");
    blob_string ("serial0", "/soc@40000000/uart@1000");
    blob_string ("bad", "soc@40000000");
    blob_end();
    blob_begin ("chosen");
    blob_string ("bootargs", "serial console=keep");
    blob_cells ("linux,initrd-start", 2, 1, 0x48000000);
    blob_cells ("linux,initrd-end", 1, 0x50000000);
    blob_string ("stdout-path", "serial0:115200n8");
    blob_end();
    blob_begin ("soc@40000000");
    blob_cells ("#address-cells", 1, 1);
    blob_cells ("#size-cells", 1, 1);
    blob_cells ("ranges", 8, 0, 1, 0x40000000, 0x10000, 0x20000, 2, 0, 0x8000);
    blob_begin ("uart@1000");
    blob_string ("compatible", "arm,pl011\0arm,primecell");
    blob_cells ("reg", 6, 0x1000, 0x1000, 0x27000, 0x1000, 0x27000, 0x1001);
    blob_end();
    blob_begin ("uart@2000");
    blob_string ("status", "disabled");
    blob_cells ("reg", 3, 0xffff, 2, 0);
    blob_end();
    blob_begin ("flat");
    blob_cells ("#address-cells", 1, 1);
    blob_cells ("#size-cells", 1, 0);
    blob_text ("ranges", "", 0);
    blob_begin ("dev@3000");
    blob_string ("status", "okay");
    blob_cells ("reg", 1, 0x3000);
    blob_end();
    blob_end();
    blob_begin ("i2c");
    blob_cells ("#address-cells", 1, 1);
    blob_cells ("#size-cells", 1, 0);
    blob_begin ("chip@50");
    blob_cells ("reg", 1, 0x50);
    blob_end();
    blob_end();
    blob_end();
    blob_begin ("pci");
    blob_cells ("#address-cells", 1, 3);
    blob_begin ("dev");
    blob_cells ("reg", 4, 0, 0, 0, 0);
    blob_end();
    blob_end();
    blob_begin ("wrap");
    blob_cells ("reg", 4, 0xffffffff, 0xfffff000, 0, 0x2000);
    blob_end();
    blob_end();

    return blob_finish();
}

static char const *const nodes[] = {
    "", "aliases", "chosen", "soc@40000000", "uart@1000", "uart@2000", "flat", "dev@3000", "i2c", "chip@50", "pci", "dev", "wrap",
};

static void walk (void **state UNUSED)
{
    struct fdt_blob b = sample();
    struct fdt f;
    struct fdt_walk w;
    unsigned n = 0;

    assert_true (fdt_open (&f, b.data, b.size));
    assert_true (fdt_open (&f, b.data, 0));
    assert_int_equal (fdt_size (b.data), b.size);

    for (fdt_walk (&w, &f); fdt_next (&w); n++) {
        assert_true (n < ARRAY_SIZE (nodes));
        assert_string_equal (w.name, nodes[n]);
        assert_int_equal (fdt_enabled (&w), n != 5);
    }

    assert_int_equal (n, ARRAY_SIZE (nodes));
    assert_false (w.damaged);
    free (b.data);
}

static void find (void **state UNUSED)
{
    struct fdt_blob b = sample();
    struct fdt f;
    struct fdt_walk w;

    assert_true (fdt_open (&f, b.data, b.size));

    static struct { char const *path, *name; } const good[] = {
        { "/", "" }, { "/soc", "soc@40000000" }, { "/soc@40000000/uart@2000", "uart@2000" }, { "/soc/flat/dev", "dev@3000" },
        { "serial0", "uart@1000" }, { "serial0:115200n8", "uart@1000" }, { "/soc/uart:x", "uart@1000" }, { "/pci/dev", "dev" },
    };
    static char const *const bad[] = { "/so", "/soc@4", "/soc/pci", "/soc/uart@1000/x", "serial1", "bad", "/aliases/serial0",
                                       "an-alias-that-is-longer-than-any-other-alias-could-ever-be" };

    for (unsigned i = 0; i < ARRAY_SIZE (good); i++) {
        assert_true (fdt_find (&w, &f, good[i].path));
        assert_string_equal (w.name, good[i].name);
    }

    for (unsigned i = 0; i < ARRAY_SIZE (bad); i++)
        assert_false (fdt_find (&w, &f, bad[i]));

    free (b.data);
}

static void reg (void **state UNUSED)
{
    static struct { char const *path; unsigned n; bool ok; uint64_t addr, size; } const want[] = {
        { "/soc/uart@1000", 0, true,  0x140001000, 0x1000 },        /* through ranges                               */
        { "/soc/uart@1000", 1, true,  0x200007000, 0x1000 },        /* the second range, up to its end              */
        { "/soc/uart@1000", 2, false, 0, 0 },                       /* beyond it                                    */
        { "/soc/uart@1000", 3, false, 0, 0 },                       /* there is none                                */
        { "/soc/uart@2000", 0, false, 0, 0 },                       /* crosses the end of a range                   */
        { "/soc/uart@2000", 1, false, 0, 0 },                       /* half of one                                  */
        { "/soc/flat/dev",  0, true,  0x140003000, 0 },             /* two buses up, no size                        */
        { "/soc/i2c/chip",  0, false, 0, 0 },                       /* no ranges: not the CPU's                     */
        { "/pci/dev",       0, false, 0, 0 },                       /* three cells                                  */
        { "/wrap",          0, false, 0, 0 },                       /* beyond the end of all addresses              */
        { "/",              0, false, 0, 0 },
    };

    struct fdt_blob b = sample();
    struct fdt f;
    struct fdt_walk w;

    assert_true (fdt_open (&f, b.data, b.size));

    for (unsigned i = 0; i < ARRAY_SIZE (want); i++) {

        uint64_t addr = 1, size = 2;

        assert_true (fdt_find (&w, &f, want[i].path));
        assert_int_equal (fdt_reg (&w, want[i].n, &addr, &size), want[i].ok);
        assert_int_equal (addr, want[i].ok ? want[i].addr : 1);
        assert_int_equal (size, want[i].ok ? want[i].size : 2);
    }

    free (b.data);
}

static void props (void **state UNUSED)
{
    struct fdt_blob b = sample();
    struct fdt f;
    struct fdt_walk w;

    assert_true (fdt_open (&f, b.data, b.size) && fdt_find (&w, &f, "serial0"));
    assert_true (fdt_compatible (&w, "arm,pl011") && fdt_compatible (&w, "arm,primecell"));
    assert_false (fdt_compatible (&w, "arm,prime") || fdt_compatible (&w, "pl011") || fdt_compatible (&w, ""));
    assert_null (fdt_prop (&w, "status").data);
    assert_int_equal (fdt_cell (fdt_prop (&w, "reg"), 5), 0x1001);
    assert_int_equal (fdt_cell (fdt_prop (&w, "reg"), 6), 0);
    assert_int_equal (fdt_cell (fdt_prop (&w, "none"), 0), 0);
    assert_int_equal (fdt_value (fdt_prop (&w, "reg")), 0);

    char const open[] = { 'a', 'b' };
    assert_false (fdt_string ((struct fdt_prop) { open, 2 }, "ab"));

    free (b.data);
}

static void boot (void **state UNUSED)
{
    struct fdt_blob b = sample();
    struct boot_info info;
    struct fdt f;

    assert_true (fdt_open (&f, b.data, b.size));
    memset (&info, 0xa5, sizeof info);
    fdt_boot_info (&f, &info);
    assert_string_equal (info.cmdline, "serial console=keep");
    assert_int_equal (info.root_start, 0);              /* it ends before it starts                                 */
    assert_int_equal (info.root_end, 0);
    assert_int_equal (info.fdt, 0xa5a5a5a5a5a5a5a5);    /* whoever found the tree still knows where it is           */
    assert_int_equal (info.rsdp, 0xa5a5a5a5a5a5a5a5);
    free (b.data);

    char args[CMDLINE_MAX + 10];

    memset (args, 'x', sizeof args);                    /* not even terminated                                      */
    blob_begin ("");
    blob_begin ("chosen");
    blob_text ("bootargs", args, sizeof args);
    blob_cells ("linux,initrd-start", 1, 0x48000000);
    blob_cells ("linux,initrd-end", 2, 1, 0);
    blob_end();
    blob_end();
    b = blob_finish();

    assert_true (fdt_open (&f, b.data, b.size));
    fdt_boot_info (&f, &info);
    assert_int_equal (strlen (info.cmdline), CMDLINE_MAX - 1);
    assert_int_equal (info.root_start, 0x48000000);
    assert_int_equal (info.root_end, 0x100000000);
    free (b.data);
}

/* All that can be asked of a tree; the sanitizer sees what leaves it */
static unsigned ask_all (void const *blob, size_t size)
{
    struct boot_info info;
    struct fdt f;
    struct fdt_walk w, v;
    unsigned n = 0;

    if (!fdt_open (&f, blob, size))
        return 0;

    for (fdt_walk (&w, &f); fdt_next (&w); n++) {

        uint64_t addr, bytes;

        assert_true (n < size && w.depth < FDT_DEPTH);
        (void)fdt_enabled (&w);
        (void)fdt_compatible (&w, "arm,pl011");
        (void)fdt_value (fdt_prop (&w, "linux,initrd-start"));

        for (unsigned i = 0; i < 4; i++)
            if (fdt_reg (&w, i, &addr, &bytes))
                assert_true (addr + bytes >= addr);
    }

    for (unsigned i = 0; i < 2; i++)
        (void)fdt_find (&v, &f, i ? "/soc/flat/dev" : "serial0:115200n8");

    fdt_boot_info (&f, &info);
    assert_non_null (memchr (info.cmdline, 0, sizeof info.cmdline));

    return n;
}

static void truncated (void **state UNUSED)
{
    struct fdt_blob b = sample();

    for (size_t size = 1; size < b.size; size++) {

        uint8_t *const copy = malloc (size);

        memcpy (copy, b.data, size);
        assert_int_equal (ask_all (copy, size), 0);     /* the header promises more                                 */

        if (size >= FDT_HEADER) {                       /* a header that does not: the blocks leave the blob        */
            copy[4] = copy[5] = 0;
            copy[6] = (uint8_t)(size >> 8);
            copy[7] = (uint8_t)size;
            assert_int_equal (ask_all (copy, size), 0);
        }

        free (copy);
    }

    free (b.data);
}

static void put_header (uint8_t *blob, unsigned word, size_t v) { host_put32 (blob, word * 4, __builtin_bswap32 ((uint32_t)v)); }

/* The structure block ends early, anywhere, also in the middle of a word, and the blob with it; then the strings do */
static void short_blocks (void **state UNUSED)
{
    struct fdt_blob b = sample();
    size_t const structs = FDT_HEADER + 16, structs_size = b.data[38] * 256U + b.data[39], strings_size = b.size - structs - structs_size;
    unsigned most = 0;

    for (size_t s = 0; s < structs_size; s++) {

        uint8_t *const cut = malloc (structs + s);

        memcpy (cut, b.data, structs + s);
        put_header (cut, 1, structs + s);
        put_header (cut, 3, FDT_HEADER);                /* strings: the memory reservations                         */
        put_header (cut, 8, 16);
        put_header (cut, 9, s);
        most = MAX (most, ask_all (cut, structs + s));
        free (cut);
    }

    assert_true (most > 0);

    for (size_t s = 0; s < strings_size; s++) {

        uint8_t *const cut = malloc (b.size - strings_size + s);

        memcpy (cut, b.data, b.size - strings_size + s);
        put_header (cut, 1, b.size - strings_size + s);
        put_header (cut, 8, s);
        assert_true (ask_all (cut, b.size - strings_size + s) < ARRAY_SIZE (nodes));
        free (cut);
    }

    free (b.data);
}

static void damaged (void **state UNUSED)
{
    static uint8_t const change[] = { 0x01, 0x02, 0x04, 0x08, 0x10, 0x20, 0x40, 0x80, 0xff };

    struct fdt_blob b = sample();
    unsigned rejected = 0;

    for (size_t i = 0; i < b.size; i++)
        for (unsigned c = 0; c < ARRAY_SIZE (change); c++) {
            b.data[i] ^= change[c];
            rejected += !ask_all (b.data, b.size);
            b.data[i] ^= change[c];
        }

    assert_int_equal (ask_all (b.data, b.size), ARRAY_SIZE (nodes));
    assert_true (rejected > 100);
    free (b.data);
}

static void headers (void **state UNUSED)
{
    struct fdt_blob b = sample();
    struct fdt f;

    assert_false (fdt_open (&f, NULL, 0));
    assert_false (fdt_open (&f, b.data + 1, b.size - 1));

    b.data[23] = 15;                                    /* version                                                  */
    assert_false (fdt_open (&f, b.data, b.size));
    b.data[23] = 16;                                    /* without the size of the structure block                  */
    assert_int_equal (ask_all (b.data, b.size), ARRAY_SIZE (nodes));
    b.data[23] = 17;
    b.data[27] = 18;                                    /* for newer readers only                                   */
    assert_false (fdt_open (&f, b.data, b.size));
    free (b.data);
}

/* Deeper than anybody builds: what lies too deep is skipped, what follows is found; without an end, the walk ends */
static void deep (void **state UNUSED)
{
    struct fdt_blob b;
    struct fdt f;
    struct fdt_walk w;

    blob_begin ("");
    for (unsigned i = 0; i < 300; i++)
        blob_begin ("n");
    b = blob_finish();
    assert_int_equal (ask_all (b.data, b.size), FDT_DEPTH);
    free (b.data);

    blob_begin ("");
    for (unsigned i = 0; i < 20; i++)
        blob_begin ("n");
    for (unsigned i = 0; i < 20; i++)
        blob_end();
    blob_begin ("last");
    blob_end();
    blob_end();
    b = blob_finish();
    assert_int_equal (ask_all (b.data, b.size), FDT_DEPTH + 1);
    assert_true (fdt_open (&f, b.data, b.size) && fdt_find (&w, &f, "/last"));
    free (b.data);
}

int main (void)
{
    struct CMUnitTest const tests[] = {
        cmocka_unit_test (walk), cmocka_unit_test (find), cmocka_unit_test (reg), cmocka_unit_test (props), cmocka_unit_test (boot),
        cmocka_unit_test (truncated), cmocka_unit_test (short_blocks), cmocka_unit_test (damaged),
        cmocka_unit_test (headers), cmocka_unit_test (deep),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
