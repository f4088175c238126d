/* SPDX-License-Identifier: GPL-2.0-only */
/* Root images: valid, wrong in every way that has a line of its own, damaged systematically. */
#include <elf.h>

#include <host.h>
#include <window.h>

#define START       0x200000
#define USER_END    UINT64_C (0x7ffffffff000)
#define MACHINE     62                                  /* EM_X86_64                                                */
#define PHOFF       64

static struct elf_image out;
static uint8_t image[0x3000];
static unsigned headers;

static void header (uint64_t entry)
{
    headers = 0;
    memset (image, 0, sizeof image);
    memcpy (image, "\177ELF\2\1\1", 7);
    host_put16 (image, 16, 2);
    host_put16 (image, 18, MACHINE);
    host_put32 (image, 20, 1);
    host_put64 (image, 24, entry);
    host_put64 (image, 32, PHOFF);
    host_put16 (image, 52, 64);
    host_put16 (image, 54, 56);
}

static uint8_t *segment (uint32_t type, uint32_t flags, uint64_t offset, uint64_t vaddr, uint64_t filesz,
                         uint64_t memsz)
{
    uint8_t *const p = image + PHOFF + 56 * headers++;

    host_put16 (image, 56, (uint16_t)headers);
    host_put32 (p, 0, type);
    host_put32 (p, 4, flags);
    host_put64 (p, 8, offset);
    host_put64 (p, 16, vaddr);
    host_put64 (p, 24, vaddr);
    host_put64 (p, 32, filesz);
    host_put64 (p, 40, memsz);
    host_put64 (p, 48, 0x1000);

    return p;
}

static void build (void)
{
    header (0x10000120);
    segment (1, 5, 0, 0x10000000, 0xa75, 0xa75);
    segment (1, 6, 0x1000, 0x10001000, 0x1004, 0x1004);
    segment (0x6474e551, 6, 0, 0, 0, 0);                /* GNU_STACK                                                */
    segment (1, 0, 0x1000, 0x20000000, 0x10, 0x10);     /* no flags                                                 */
    segment (1, 4, 0x9999999, 0x1, 0, 0);               /* empty                                                    */
}

static bool parse_at (uint64_t start, uint64_t size)
{
    static struct elf_image poison;

    memset (&poison, 0xa5, sizeof poison);
    out = poison;
    host_mem_reset();
    host_lines_reset();
    host_mem_put (start, image, MIN (size, sizeof image));

    bool const ok = elf_parse (&out, start, start + size, USER_END, MACHINE);

    if (!ok) {
        assert_int_equal (host_lines, 1);
        assert_false (strncmp (host_line[0], "ELF: ", 5));
        assert_memory_equal (&out, &poison, sizeof out);
        return false;
    }

    bool entry = false;

    assert_no_lines();
    assert_true (out.segments && out.segments <= ELF_SEGMENTS_MAX);

    for (unsigned i = 0; i < out.segments; i++) {
        struct elf_segment const *const s = &out.segment[i];
        assert_false ((s->vaddr | s->paddr | s->size) & PAGE_MASK);
        assert_true (s->size && s->vaddr < USER_END && s->size <= USER_END - s->vaddr && (s->r || s->w || s->x));
        assert_true (s->paddr >= align_dn (start, PAGE_SIZE));
        assert_true (s->paddr + s->size <= align_up (start + size, PAGE_SIZE));
        entry |= s->x && out.entry >= s->vaddr && out.entry - s->vaddr < s->size;
        for (unsigned j = 0; j < i; j++)
            assert_true (s->vaddr + s->size <= out.segment[j].vaddr ||
                         out.segment[j].vaddr + out.segment[j].size <= s->vaddr);
    }

    assert_true (entry);
    return true;
}

static bool parse (void) { return parse_at (START, sizeof image); }

static void test_valid (void **state UNUSED)
{
    build();
    assert_true (parse());
    assert_int_equal (out.entry, 0x10000120);
    assert_int_equal (out.segments, 2);
    assert_int_equal (out.segment[0].vaddr, 0x10000000);
    assert_int_equal (out.segment[0].paddr, START);
    assert_int_equal (out.segment[0].size, 0x1000);
    assert_true (out.segment[0].r && !out.segment[0].w && out.segment[0].x);
    assert_int_equal (out.segment[1].paddr, START + 0x1000);
    assert_int_equal (out.segment[1].size, 0x2000);
    assert_true (out.segment[1].r && out.segment[1].w && !out.segment[1].x);
}

static void test_unaligned (void **state UNUSED)
{
    /* The module lies at an odd place, and the image is linked for just that */
    header (0x10000350);
    segment (1, 5, 0, 0x10000230, 0xf00, 0xf00);
    assert_true (parse_at (START + 0x230, sizeof image));
    assert_int_equal (out.segment[0].vaddr, 0x10000000);
    assert_int_equal (out.segment[0].paddr, START);
    assert_int_equal (out.segment[0].size, 0x2000);
}

/* One field of the header set to something wrong */
static void test_header (void **state UNUSED)
{
    static struct { size_t off; uint8_t v; char const *line; } const c[] = {
        { 0,  0x7e, "ELF: image is not a 64-bit little-endian ELF image" },
        { 4,  1,    "ELF: image is not a 64-bit little-endian ELF image" },
        { 5,  2,    "ELF: image is not a 64-bit little-endian ELF image" },
        { 6,  0,    "ELF: image is not a 64-bit little-endian ELF image" },
        { 16, 3,    "ELF: image is not an executable" },
        { 18, 183,  "ELF: image is for another machine" },
        { 20, 2,    "ELF: image is of an unknown version" },
        { 54, 32,   "ELF: image is without usable program headers" },
        { 56, 0,    "ELF: image is without usable program headers" },
        { 57, 9,    "ELF: image is with program headers outside of the image" },
        { 33, 0x30, "ELF: image is with program headers outside of the image" },
        { 39, 0xff, "ELF: image is with program headers outside of the image" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        build();
        image[c[i].off] = c[i].v;
        assert_false (parse());
        assert_lines (c[i].line);
    }
}

static void test_segment (void **state UNUSED)
{
    static struct { uint64_t offset, vaddr, filesz, memsz; char const *line; } const c[] = {
        { 0x1000, 0x20000000, 0x10, 0x20, "ELF: program header 1: p_filesz differs from p_memsz" },
        { 0x1000, 0x20000000, 0, 0x20, "ELF: program header 1: p_filesz differs from p_memsz" },
        { 0x1000, 0x20000000, 0x2001, 0x2001, "ELF: program header 1: outside of the image" },
        { 0x3001, 0x20000001, 1, 1, "ELF: program header 1: outside of the image" },
        { UINT64_MAX, 0x20000fff, 2, 2, "ELF: program header 1: outside of the image" },
        { 0x1000, 0x20000000, UINT64_MAX, UINT64_MAX, "ELF: program header 1: outside of the image" },
        { 0x1000, USER_END, 1, 1, "ELF: program header 1: outside of user memory" },
        { 0x1000, USER_END - 0x1000, 0x1001, 0x1001, "ELF: program header 1: outside of user memory" },
        { 0x1fff, UINT64_MAX, 1, 1, "ELF: program header 1: outside of user memory" },
        { 0x1000, UINT64_C (0xffffffff80000000), 1, 1, "ELF: program header 1: outside of user memory" },
        { 0x1000, 0x20000001, 1, 1, "ELF: program header 1: p_vaddr not congruent to the load address" },
        { 0x1001, 0x20000000, 1, 1, "ELF: program header 1: p_vaddr not congruent to the load address" },
        { 0x1800, 0x10000800, 1, 1, "ELF: program header 1: shares a page with another one" },
        { 0x0,    0xffff000, 0x1001, 0x1001, "ELF: program header 1: shares a page with another one" },
    };

    for (unsigned i = 0; i < ARRAY_SIZE (c); i++) {
        header (0x10000120);
        segment (1, 5, 0, 0x10000000, 0xa75, 0xa75);
        segment (1, 6, c[i].offset, c[i].vaddr, c[i].filesz, c[i].memsz);
        assert_false (parse());
        assert_lines (c[i].line);
    }

    header (0x10000120);
    segment (1, 5, 0, 0x10000000, 0xa75, 0xa75);
    segment (1, 4, 0x1000, USER_END - 0x1000, 0x1000, 0x1000);  /* the last page is fine                            */
    assert_true (parse());
}

static void test_order (void **state UNUSED)
{
    header (0x10002000);                                /* downwards, adjacent                                      */
    segment (1, 5, 0x2000, 0x10002000, 0x10, 0x10);
    segment (1, 4, 0x1000, 0x10001000, 0x1000, 0x1000);
    segment (1, 6, 0x0, 0x10000000, 0x1000, 0x1000);
    assert_true (parse());
    assert_int_equal (out.segments, 3);
}

static void test_user_end_unaligned (void **state UNUSED)
{
    header (0x10000120);
    segment (1, 5, 0, 0x10000000, 0x900, 0x900);
    host_mem_reset();
    host_lines_reset();
    host_mem_put (START, image, sizeof image);
    assert_false (elf_parse (&out, START, START + sizeof image, 0x10000a00, MACHINE));
    assert_lines ("ELF: program header 0: outside of user memory");
    host_lines_reset();
    assert_false (elf_parse (&out, START, START + sizeof image, USER_END, 183));
    assert_lines ("ELF: image is for another machine");
}

static void test_entry (void **state UNUSED)
{
    static uint64_t const bad[] = { 0, 0xfffffff, 0x10000a75, 0x10001000, UINT64_MAX };
    char line[80];

    for (unsigned i = 0; i < ARRAY_SIZE (bad); i++) {
        build();
        host_put64 (image, 24, bad[i]);
        snprintf (line, sizeof line, "ELF: entry point 0x%lx is in no executable segment", bad[i]);
        assert_false (parse());
        assert_lines (line);
    }
}

static void test_many (void **state UNUSED)
{
    for (unsigned n = 15; n <= 17; n++) {
        header (0x10000000);
        for (unsigned i = 0; i < n; i++)
            segment (1, 5, 0, 0x10000000 + i * PAGE_SIZE, 0x1000, 0x1000);
        assert_int_equal (parse(), n <= 16);
        if (n > 16)
            assert_lines ("ELF: program header 16: too many loadable segments");
    }
}

static void test_range (void **state UNUSED)
{
    build();
    assert_false (parse_at (START, 63));
    assert_lines ("ELF: image of 63 bytes is too small");

    host_lines_reset();
    assert_false (elf_parse (&out, START, START, USER_END, MACHINE));
    assert_lines ("ELF: image of 0 bytes is too small");

    host_lines_reset();
    assert_false (elf_parse (&out, START, START - 1, USER_END, MACHINE));
    assert_lines ("ELF: image of 0 bytes is too small");

    host_lines_reset();
    assert_false (elf_parse (&out, START, UINT64_MAX, USER_END, MACHINE));
    assert_lines ("ELF: image [0x200000, 0xffffffffffffffff) unmappable");
}

static void test_truncate (void **state UNUSED)
{
    build();

    for (size_t n = 0; n < sizeof image; n += n < 500 ? 1 : 7)
        assert_int_equal (n >= 0x2004, parse_at (START, n));
}

static void test_flip (void **state UNUSED)
{
    build();

    for (size_t n = 0; n < 64 + 5 * 56; n++)
        for (unsigned v = 1; v < 256; v++) {
            image[n] ^= (uint8_t)v;
            parse();
            image[n] ^= (uint8_t)v;
        }

    assert_true (parse());
}

static void test_random (void **state UNUSED)
{
    for (uint64_t seed = 1; seed <= 20000; seed++) {

        uint64_t s = seed;

        build();
        for (unsigned flips = 1 + host_random (&s) % 6; flips; flips--)
            image[16 + host_random (&s) % (48 + 5 * 56)] = (uint8_t)host_random (&s);
        parse();
    }
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_valid),
        cmocka_unit_test (test_unaligned),
        cmocka_unit_test (test_header),
        cmocka_unit_test (test_segment),
        cmocka_unit_test (test_order),
        cmocka_unit_test (test_user_end_unaligned),
        cmocka_unit_test (test_entry),
        cmocka_unit_test (test_many),
        cmocka_unit_test (test_range),
        cmocka_unit_test (test_truncate),
        cmocka_unit_test (test_flip),
        cmocka_unit_test (test_random),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
