/* SPDX-License-Identifier: GPL-2.0-only */
/* Multiboot information of both versions: valid, damaged in named ways, damaged systematically. */
#include <multiboot.h>

#include <host.h>
#include <window.h>

#define INFO        0x9500
#define TEXT        0x8ff0                              /* crosses a page after 16 bytes                            */
#define MODS        0x9700
#define PHYS_END    (UINT64_C (1) << HOST_PHYS_BITS)

static struct boot_info out;
static uint8_t info[4096];
static size_t size;

static void assert_zero (void)
{
    static struct boot_info const zero;
    assert_memory_equal (&out, &zero, sizeof out);
}

static void assert_sane (bool ok)
{
    assert_non_null (memchr (out.cmdline, 0, sizeof out.cmdline));
    assert_true (out.root_start < out.root_end || (!out.root_start && !out.root_end));
    assert_true (out.root_end <= PHYS_END);

    if (!ok)
        assert_zero();

    assert_true (host_lines == 0 || !strncmp (host_line[0], "Multiboot: ", 11));
    assert_true (host_lines <= 2);
}

static bool parse (uint32_t magic, paddr_t addr)
{
    memset (&out, 0xa5, sizeof out);
    host_lines_reset();

    bool const ok = multiboot_parse (&out, magic, addr);

    assert_sane (ok);
    return ok;
}

static void test_magic (void **state UNUSED)
{
    host_mem_reset();
    assert_false (parse (0x12345678, INFO));
    assert_lines ("Multiboot: unknown magic value 0x12345678");
}

/* Version 1 ---------------------------------------------------------------------------------------------------------*/

static void put_v1 (uint32_t flags, uint32_t count, uint32_t start, uint32_t end)
{
    uint8_t module[16] = { 0 };

    memset (info, 0, sizeof info);
    host_put32 (info, 0, flags);
    host_put32 (info, 16, TEXT);
    host_put32 (info, 20, count);
    host_put32 (info, 24, MODS);
    host_put32 (module, 0, start);
    host_put32 (module, 4, end);

    host_mem_reset();
    host_mem_put (INFO, info, 88);
    host_mem_put (TEXT, "kilonova console=keep noiommu", 30);
    host_mem_put (MODS, module, sizeof module);
}

static void test_v1 (void **state UNUSED)
{
    put_v1 (1U << 2 | 1U << 3, 2, 0x1000000, 0x1234567);
    assert_true (parse (MULTIBOOT1_MAGIC, INFO));
    assert_no_lines();
    assert_string_equal (out.cmdline, "kilonova console=keep noiommu");
    assert_int_equal (out.root_start, 0x1000000);
    assert_int_equal (out.root_end, 0x1234567);
    assert_int_equal (out.rsdp | out.efi_systab | out.efi_image, 0);
}

static void test_v1_flags (void **state UNUSED)
{
    put_v1 (~(1U << 2 | 1U << 3), 1, 0x1000, 0x2000);
    assert_true (parse (MULTIBOOT1_MAGIC, INFO));
    assert_zero();

    put_v1 (1U << 3, 0, 0x1000, 0x2000);                /* no modules in the list                                   */
    assert_true (parse (MULTIBOOT1_MAGIC, INFO));
    assert_zero();
    assert_no_lines();
}

static void test_v1_cmdline_lengths (void **state UNUSED)
{
    char text[1200];

    for (size_t n = 0; n <= 1100; n += n < 500 || n > 520 ? 13 : 1) {
        memset (text, 'x', sizeof text);
        text[n] = 0;
        put_v1 (1U << 2, 0, 0, 0);
        host_mem_put (TEXT, text, n + 1);
        assert_true (parse (MULTIBOOT1_MAGIC, INFO));
        assert_int_equal (strlen (out.cmdline), n < CMDLINE_MAX ? n : CMDLINE_MAX - 1);
    }
}

/* A string that runs into the end of the physical address width */
static void test_v1_cmdline_at_end (void **state UNUSED)
{
    put_v1 (1U << 2, 0, 0, 0);
    host_phys_end = TEXT + 16;
    host_put32 (info, 16, TEXT);
    host_mem_put (0x1000, info, 88);
    assert_true (parse (MULTIBOOT1_MAGIC, 0x1000));
    assert_string_equal (out.cmdline, "kilonova console");
}

static void test_v1_addresses (void **state UNUSED)
{
    put_v1 (1U << 3, 1, 0x2000, 0x2000);
    assert_true (parse (MULTIBOOT1_MAGIC, INFO));
    assert_lines ("Multiboot: module [0x2000, 0x2000) is no memory range, ignored");
    assert_zero();

    put_v1 (1U << 3, 1, 0x3000, 0x2000);
    assert_true (parse (MULTIBOOT1_MAGIC, INFO));
    assert_lines ("Multiboot: module [0x3000, 0x2000) is no memory range, ignored");

    put_v1 (1U << 2 | 1U << 3, 1, 0x2000, 0x3000);      /* strings and lists where no memory is                     */
    host_put32 (info, 16, UINT32_MAX);
    host_put32 (info, 24, UINT32_MAX);
    host_mem_put (INFO, info, 88);
    assert_true (parse (MULTIBOOT1_MAGIC, INFO));

    assert_false (parse (MULTIBOOT1_MAGIC, PHYS_END - 27));
    assert_lines ("Multiboot: no information at 0x3fffffffffe5");
}

/* Version 2 ---------------------------------------------------------------------------------------------------------*/

static void begin (void)
{
    memset (info, 0, sizeof info);
    size = 8;
}

/* Appends a tag with n bytes after its head; returns the offset of the tag */
static size_t tag (uint32_t type, void const *p, size_t n)
{
    size_t const off = size;

    host_put32 (info, off, type);
    host_put32 (info, off + 4, (uint32_t)(8 + n));
    if (n)
        memmove (info + off + 8, p, n);
    size = off + align_up (8 + n, 8);

    return off;
}

static void tag_module (uint32_t start, uint32_t end)
{
    uint8_t m[12] = { 0 };
    host_put32 (m, 0, start);
    host_put32 (m, 4, end);
    tag (3, m, sizeof m);
}

static void tag_pointer (uint32_t type, uint64_t v) { tag (type, &v, sizeof v); }

static bool finish (void)
{
    host_put32 (info, 0, (uint32_t)size);
    host_mem_reset();
    host_mem_put (INFO, info, size);
    return parse (MULTIBOOT2_MAGIC, INFO);
}

static size_t old_at, new_at;

static void build_v2 (void)
{
    static uint8_t const rsdp[36] = "RSD PTR ";

    begin();
    tag (1, "kilonova serial", 16);
    tag (2, "GRUB", 5);
    tag_module (0x200000, 0x245678);
    tag_module (0x300000, 0x400000);
    tag_pointer (12, 0x7f00d018);
    new_at = tag (15, rsdp, 36);
    old_at = tag (14, rsdp, 20);
    tag_pointer (20, 0x7e001898);
    tag (18, NULL, 0);
    tag (0, NULL, 0);
}

static void test_v2 (void **state UNUSED)
{
    build_v2();
    assert_true (finish());
    assert_no_lines();
    assert_string_equal (out.cmdline, "kilonova serial");
    assert_int_equal (out.root_start, 0x200000);
    assert_int_equal (out.root_end, 0x245678);
    assert_int_equal (out.efi_systab, 0x7f00d018);
    assert_int_equal (out.efi_image, 0x7e001898);
    assert_true (out.efi_services);
    assert_int_equal (out.efi_mmap, 0);
    assert_int_equal (out.rsdp, INFO + new_at + 8);     /* the new one, whatever the order                          */
}

/* A loader that has ended the boot services leaves the map */
static void test_v2_efi_map (void **state UNUSED)
{
    uint8_t map[8 + 96] = { 0 };

    host_put32 (map, 0, 48);
    host_put32 (map, 4, 1);
    begin();
    size_t const at = tag (17, map, sizeof map);
    tag (0, NULL, 0);
    assert_true (finish());
    assert_int_equal (out.efi_mmap, INFO + at + 16);
    assert_int_equal (out.efi_mmap_size, 96);
    assert_int_equal (out.efi_desc_size, 48);
    assert_int_equal (out.efi_desc_version, 1);
    assert_false (out.efi_services);
}

/* A screen with its colours, one of text, one whose colours are missing; the first one counts */
static void test_v2_screen (void **state UNUSED)
{
    uint8_t t[30] = { 0 };

    host_put64 (t, 0, 0xfd000000);
    host_put32 (t, 8, 4096);
    host_put32 (t, 12, 1024);
    host_put32 (t, 16, 768);
    t[20] = 32;
    t[21] = 1;
    memcpy (t + 24, "\x10\x08\x08\x07\x00\x06", 6);

    begin();
    tag (8, t, 30);
    host_put32 (t, 8, 1);
    tag (8, t, 30);
    tag (0, NULL, 0);
    assert_true (finish());
    assert_int_equal (out.screen.addr, 0xfd000000);
    assert_int_equal (out.screen.pitch, 4096);
    assert_int_equal (out.screen.width, 1024);
    assert_int_equal (out.screen.height, 768);
    assert_int_equal (out.screen.bits, 32);
    assert_int_equal (out.screen.type, 1);
    assert_int_equal (out.screen.colour[0].pos << 8 | out.screen.colour[0].size, 0x1008);
    assert_int_equal (out.screen.colour[1].pos << 8 | out.screen.colour[1].size, 0x0807);
    assert_int_equal (out.screen.colour[2].pos << 8 | out.screen.colour[2].size, 0x0006);

    begin();                                            /* the colours are not in the tag, but behind it            */
    tag (8, t, 24);
    tag (0x08080808, t, 24);
    assert_true (finish());
    assert_int_equal (out.screen.colour[0].size | out.screen.colour[1].size | out.screen.colour[2].size, 0);

    t[21] = 2;
    begin();
    tag (8, t, 30);
    tag (0, NULL, 0);
    assert_true (finish());
    assert_int_equal (out.screen.type, 2);
    assert_int_equal (out.screen.colour[0].size, 0);
    assert_no_lines();
}

static void test_v2_old_rsdp (void **state UNUSED)
{
    begin();
    size_t const at = tag (14, info, 20);
    assert_true (finish());                             /* an end tag is missing: the size ends the list            */
    assert_int_equal (out.rsdp, INFO + at + 8);
}

static void test_v2_cmdline (void **state UNUSED)
{
    char text[1200];

    memset (text, 'y', sizeof text);

    for (size_t n = 0; n <= 1100; n += n < 500 || n > 520 ? 13 : 1) {   /* no terminator                            */
        begin();
        tag (1, text, n);
        tag (0, NULL, 0);
        assert_true (finish());
        assert_int_equal (strlen (out.cmdline), n < CMDLINE_MAX ? n : CMDLINE_MAX - 1);
    }

    begin();                                            /* unterminated at the very end of the information          */
    tag (1, "abcdefg", 8);
    info[23] = 'h';
    assert_true (finish());
    assert_string_equal (out.cmdline, "abcdefgh");

    begin();
    tag (1, "first", 6);
    tag (1, "second", 7);
    tag (0, NULL, 0);
    assert_true (finish());
    assert_string_equal (out.cmdline, "first");
}

static void test_v2_total_size (void **state UNUSED)
{
    static struct { uint32_t total; char const *line; } const c[] = {
        { 0,          "Multiboot: information at 0x9500 has a bad size of 0 bytes" },
        { 7,          "Multiboot: information at 0x9500 has a bad size of 7 bytes" },
        { 2097153,    "Multiboot: information at 0x9500 has a bad size of 2097153 bytes" },
        { UINT32_MAX, "Multiboot: information at 0x9500 has a bad size of 4294967295 bytes" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        build_v2();
        finish();
        host_put32 (info, 0, c[i].total);
        host_mem_put (INFO, info, size);
        assert_false (parse (MULTIBOOT2_MAGIC, INFO));
        assert_lines (c[i].line);
    }

    assert_false (parse (MULTIBOOT2_MAGIC, UINT64_MAX));
    assert_lines ("Multiboot: no information at 0xffffffffffffffff");
}

static void test_v2_tag_size (void **state UNUSED)
{
    static struct { uint32_t type, size; char const *line; } const c[] = {
        { 2,  0,          "Multiboot: tag 2 at offset 24 has a bad size of 0 bytes" },
        { 2,  7,          "Multiboot: tag 2 at offset 24 has a bad size of 7 bytes" },
        { 2,  25,         "Multiboot: tag 2 at offset 24 has a bad size of 25 bytes" },
        { 2,  UINT32_MAX, "Multiboot: tag 2 at offset 24 has a bad size of 4294967295 bytes" },
        { 1,  7,          "Multiboot: tag 1 at offset 24 has a bad size of 7 bytes" },
        { 3,  15,         "Multiboot: tag 3 at offset 24 has a bad size of 15 bytes" },
        { 8,  23,         "Multiboot: tag 8 at offset 24 has a bad size of 23 bytes" },
        { 12, 12,         "Multiboot: tag 12 at offset 24 has a bad size of 12 bytes" },
        { 14, 24,         "Multiboot: tag 14 at offset 24 has a bad size of 24 bytes" },
        { 15, 24,         "Multiboot: tag 15 at offset 24 has a bad size of 24 bytes" },
        { 17, 15,         "Multiboot: tag 17 at offset 24 has a bad size of 15 bytes" },
        { 18, 7,          "Multiboot: tag 18 at offset 24 has a bad size of 7 bytes" },
        { 20, 15,         "Multiboot: tag 20 at offset 24 has a bad size of 15 bytes" },
        { 0,  0,          "Multiboot: tag 0 at offset 24 has a bad size of 0 bytes" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        begin();
        tag (1, "option", 7);
        tag (c[i].type, info, 16);
        host_put32 (info, 28, c[i].size);
        assert_false (finish());
        assert_lines (c[i].line);
    }
}

static void test_v2_modules (void **state UNUSED)
{
    begin();
    tag_module (0x2000, 0x1000);
    tag_module (0x3000, 0x4000);
    tag (0, NULL, 0);
    assert_true (finish());
    assert_lines ("Multiboot: module [0x2000, 0x1000) is no memory range, ignored");
    assert_int_equal (out.root_end, 0);

    begin();
    tag_module (0, UINT32_MAX);
    assert_true (finish());
    assert_int_equal (out.root_end, UINT32_MAX);
}

/* Systematic damage -------------------------------------------------------------------------------------------------*/

/* A module behind the first one that begins like a device tree, and has room for what that says of its size, is one */
static void put_tree (uint64_t addr, uint32_t bytes)
{
    uint8_t head[40] = { 0xd0, 0x0d, 0xfe, 0xed, (uint8_t)(bytes >> 24), (uint8_t)(bytes >> 16), (uint8_t)(bytes >> 8), (uint8_t)bytes };

    host_mem_put (addr, head, sizeof head);
}

static void test_trees (void **state UNUSED)
{
    static struct { uint32_t at, start, end; bool good; } const c[] = {
        { 0x300000, 0x300000, 0x302000, true }, { 0x300000, 0x300000, 0x301fff, false }, { 0x300004, 0x300004, 0x400000, false },
        { 0x300008, 0x300000, 0x400000, false }, { 0x300000, 0x302000, 0x300000, false }, { 0x200000, 0x300000, 0x400000, false },
        { 0x300000, 0x300000, 0x300020, false }, { 0x300000, 0xfffffff8, 0xffffffff, false },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {

        begin();
        tag_module (0x200000, 0x245678);                /* the root task's image, whatever it is                    */
        tag_module (0x280000, 0x290000);
        tag_module (c[i].start, c[i].end);
        tag (0, NULL, 0);
        host_put32 (info, 0, (uint32_t)size);
        host_mem_reset();
        host_mem_put (INFO, info, size);
        put_tree (c[i].at, 0x2000);
        assert_true (parse (MULTIBOOT2_MAGIC, INFO));
        assert_int_equal (out.fdt, c[i].good ? c[i].start : 0);
        assert_int_equal (out.root_start, 0x200000);

        uint8_t modules[3][16] = { { 0 } };

        host_put32 (modules[0], 0, 0x200000);
        host_put32 (modules[0], 4, 0x245678);
        host_put32 (modules[1], 0, 0x280000);
        host_put32 (modules[1], 4, 0x290000);
        host_put32 (modules[2], 0, c[i].start);
        host_put32 (modules[2], 4, c[i].end);
        put_v1 (1U << 3, 3, 0, 0);
        host_mem_reset();
        host_mem_put (INFO, info, 88);
        host_mem_put (MODS, modules, sizeof modules);
        put_tree (c[i].at, 0x2000);
        assert_true (parse (MULTIBOOT1_MAGIC, INFO));
        assert_int_equal (out.fdt, c[i].good ? c[i].start : 0);
    }

    begin();                                            /* two: the first one counts                                */
    tag_module (0x200000, 0x245678);
    tag_module (0x300000, 0x302000);
    tag_module (0x400000, 0x402000);
    tag (0, NULL, 0);
    host_put32 (info, 0, (uint32_t)size);
    host_mem_reset();
    host_mem_put (INFO, info, size);
    put_tree (0x300000, 0x2000);
    put_tree (0x400000, 0x2000);
    assert_true (parse (MULTIBOOT2_MAGIC, INFO));
    assert_int_equal (out.fdt, 0x300000);
}

static void test_v2_truncate (void **state UNUSED)
{
    build_v2();

    size_t const full = size;

    for (size = 8; size < full; size++)
        finish();

    for (size_t n = 0; n < full; n++) {                 /* the size says more than there is                         */
        build_v2();
        host_put32 (info, 0, (uint32_t)full);
        host_mem_reset();
        host_mem_put (INFO, info, n);
        parse (MULTIBOOT2_MAGIC, INFO);
    }
}

static void test_flip (void **state UNUSED)
{
    build_v2();

    for (size_t n = 0; n < size; n++)
        for (unsigned v = 1; v < 256; v++) {
            host_put32 (info, 0, (uint32_t)size);
            info[n] ^= (uint8_t)v;
            host_mem_reset();
            host_mem_put (INFO, info, size);
            parse (MULTIBOOT2_MAGIC, INFO);
            info[n] ^= (uint8_t)v;
        }

    for (size_t n = 0; n < 28; n++)
        for (unsigned v = 1; v < 256; v++) {
            put_v1 (1U << 2 | 1U << 3, 1, 0x1000, 0x2000);
            info[n] ^= (uint8_t)v;
            host_mem_put (INFO, info, 88);
            parse (MULTIBOOT1_MAGIC, INFO);
        }
}

static void test_random (void **state UNUSED)
{
    for (uint64_t seed = 1; seed <= 20000; seed++) {

        uint64_t s = seed;

        size = 8 + host_random (&s) % 200;
        for (size_t n = 0; n < size; n++)
            info[n] = (uint8_t)(n % 4 && seed & 1 ? 0 : host_random (&s) >> (seed & 2 ? 56 : 59));
        finish();
        parse (MULTIBOOT1_MAGIC, INFO);
    }
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_magic),
        cmocka_unit_test (test_v1),
        cmocka_unit_test (test_v1_flags),
        cmocka_unit_test (test_v1_cmdline_lengths),
        cmocka_unit_test (test_v1_cmdline_at_end),
        cmocka_unit_test (test_v1_addresses),
        cmocka_unit_test (test_v2),
        cmocka_unit_test (test_v2_efi_map), cmocka_unit_test (test_v2_old_rsdp),
        cmocka_unit_test (test_v2_screen),
        cmocka_unit_test (test_v2_cmdline),
        cmocka_unit_test (test_v2_total_size),
        cmocka_unit_test (test_v2_tag_size),
        cmocka_unit_test (test_v2_modules),
        cmocka_unit_test (test_trees),
        cmocka_unit_test (test_v2_truncate),
        cmocka_unit_test (test_flip),
        cmocka_unit_test (test_random),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
