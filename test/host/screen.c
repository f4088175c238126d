/* SPDX-License-Identifier: GPL-2.0-only */
/* Descriptions of screens: which ones become a record, and what every damaged field of one costs. */
#include <screen.h>

#include <abi/record.h>
#include <alloc_fail.h>
#include <boot_info.h>
#include <buddy.h>
#include <fdt.h>
#include <fdt_blob.h>
#include <hw.h>
#include <kmem.h>
#include <rcu.h>
#include <record.h>
#include <space_mem.h>

#define LOG         0x2000000                           /* where the memory console of the modelled kernel is       */
#define LOG_SIZE    0x22000
#define ROOT        0x5000000
#define ROOT_END    0x5012345
#define SECRET      0xc0000000

uint64_t kmem_offset;
char MBUF_START[LOG_SIZE];
__asm__ (".globl RECORDS_END; .set RECORDS_END, MBUF_START + 0x22000");

uint64_t phys_end (void) { return BIT64 (40); }

/* Of the memory records, which are not asked for */
uint64_t buddy_total_pages (void) { return 0; }
void buddy_publish (_Atomic (uint64_t) *p UNUSED) {}
void rcu_publish (_Atomic (uint64_t) *p UNUSED) {}

static _Alignas (8) char region[128];

static struct screen const good = {
    .addr = 0xfd000000, .pitch = 4096, .width = 1024, .height = 768, .type = SCREEN_RGB, .bits = 32,
    .colour = { { 16, 8 }, { 8, 8 }, { 0, 8 } },
};

static struct screen const text = { .addr = 0xb8000, .pitch = 160, .width = 80, .height = 25, .type = SCREEN_TEXT, .bits = 16 };

/* The record that comes of it, or null */
static struct record_screen const *publish (struct screen const *s)
{
    struct record_screen const *const r = (void const *)(region + sizeof (struct record_list));
    struct record_list const *const l = (void const *)region;

    kmem_offset = (uintptr_t)MBUF_START - LOG;
    record_init (region, sizeof region);
    host_lines_reset();
    screen_publish (s, ROOT, ROOT_END);
    assert_int_equal (host_lines, s->addr ? 1 : 0);

    bool const there = atomic_load (&l->length) > sizeof *l;

    assert_int_equal (there, host_lines && !strstr (host_line[0], "ignored"));

    return there ? r : NULL;
}

static void records (void **state UNUSED)
{
    struct record_screen const *r = publish (&good);

    assert_non_null (r);
    assert_int_equal (r->head.type << 8 | r->head.length, 5 << 8 | 40);
    assert_int_equal (r->addr, good.addr);
    assert_int_equal (r->pitch, 4096);
    assert_int_equal (r->width << 16 | r->height, 1024 << 16 | 768);
    assert_int_equal (r->type << 8 | r->bits, 1 << 8 | 32);
    assert_int_equal (r->colour[0].pos << 8 | r->colour[0].size, 16 << 8 | 8);
    assert_int_equal (r->colour[2].pos << 8 | r->colour[2].size, 0 << 8 | 8);
    assert_printed ("SCREEN: type 1, 1024x768, 32 bits, 4096 bytes each line at 0xfd000000");

    assert_non_null (publish (&text));
    assert_null (publish (&(struct screen) { 0 }));
}

static void modes (void **state UNUSED)
{
    struct screen s;

#define BAD(change) s = good; change; assert_null (publish (&s)); assert_non_null (strstr (host_line[0], "a mode that is not known"))
    BAD (s.type = 0);
    BAD (s.type = 3);
    BAD (s.type = SCREEN_TEXT);
    BAD (s.bits = 8);
    BAD (s.bits = 15);
    BAD (s.bits = 24; s.colour[0].pos = 17);
    BAD (s.bits = 64);
    BAD (s.width = 0);
    BAD (s.height = 0);
    BAD (s.width = 1025);
    BAD (s.width = UINT32_MAX);
    BAD (s.width = 0x40000001);                         /* times 4, in 32 bits: 4                                   */
    BAD (s.height = 16385);
    BAD (s.pitch = 4095);
    BAD (s.pitch = 4097);
    BAD (s.pitch = UINT32_MAX);
    BAD (s.addr |= 2);
    BAD (s.colour[0].size = 0);
    BAD (s.colour[0].size = 11);
    BAD (s.colour[0].pos = 25);
    BAD (s.colour[0].pos = 255);
    BAD (s.colour[1].pos = 7);
    BAD (s.colour[2].size = 255);

    s = text;
    s.pitch = 159;
    assert_null (publish (&s));
    s.pitch = 160;
    s.bits = 32;
    assert_null (publish (&s));
}

static void places (void **state UNUSED)
{
    uint64_t const size = UINT64_C (4096) * 768;
    static struct { uint64_t start, end; } const taken[] = {
        { LOG, LOG + LOG_SIZE }, { ROOT, ROOT_END }, { SECRET, SECRET + PAGE_SIZE }, { BIT64 (40), BIT64 (40) },
    };
    struct screen s = good;

    for (unsigned i = 0; i < ARRAY_SIZE (taken); i++) {

        uint64_t const before = align_dn (taken[i].start, PAGE_SIZE) - size, behind = align_up (taken[i].end, PAGE_SIZE);

        s.addr = before;
        assert_non_null (publish (&s));
        s.addr = before + 4;
        assert_null (publish (&s));
        assert_non_null (strstr (host_line[0], "no memory for a screen"));

        s.addr = behind;
        assert_int_equal (publish (&s) != NULL, behind < BIT64 (40));
        s.addr = behind - 4;
        assert_null (publish (&s));
    }

    s.addr = align_up (UINT64_MAX - size, PAGE_SIZE);
    assert_null (publish (&s));
    s.addr = UINT64_MAX - 3;
    assert_null (publish (&s));
}

/* No room for it: a line, nothing else */
static void full (void **state UNUSED)
{
    host_lines_reset();
    record_init (region, 40);
    screen_publish (&good, ROOT, ROOT_END);
    assert_lines ("SCREEN: type 1, 1024x768, 32 bits, 4096 bytes each line at 0xfd000000, ignored: no room for its record");
}

/* Device trees ----------------------------------------------------------------------------------------------------------*/

static void node (char const *name, char const *format, size_t n, uint32_t size, char const *status)
{
    blob_begin (name);
    blob_string ("compatible", "simple-framebuffer");
    blob_cells ("reg", 2, 0x80000000, size);
    blob_cells ("width", 1, 800);
    blob_cells ("height", 1, 600);
    blob_cells ("stride", 1, 1600);
    blob_text ("format", format, n);
    if (status)
        blob_text ("status", status, strlen (status) + 1);
    blob_end();
}

static void trees (void **state UNUSED)
{
    struct screen s = { 0 };
    struct fdt f;

    blob_begin ("");
    blob_cells ("#address-cells", 1, 1);
    blob_cells ("#size-cells", 1, 1);
    blob_begin ("chosen");
    blob_cells ("#address-cells", 1, 1);
    blob_cells ("#size-cells", 1, 1);
    blob_text ("ranges", "", 0);
    node ("off@80000000", "a8r8g8b8", 9, 1600 * 600, "disabled");
    node ("odd@80000000", "i8", 3, 1600 * 600, NULL);
    node ("small@80000000", "r5g6b5", 7, 1600 * 600 - 1, NULL);
    node ("on@80000000", "r5g6b5", 7, 1600 * 600, "okay");
    node ("second@80000000", "x8b8g8r8", 9, 1600 * 600, "okay");
    blob_end();
    blob_end();

    struct fdt_blob const b = blob_finish();

    assert_true (fdt_open (&f, b.data, b.size));
    screen_fdt (&s, &f);
    assert_int_equal (s.addr, 0x80000000);
    assert_int_equal (s.pitch, 1600);
    assert_int_equal (s.width << 16 | s.height, 800 << 16 | 600);
    assert_int_equal (s.bits, 16);
    assert_int_equal (s.colour[0].pos << 8 | s.colour[0].size, 11 << 8 | 5);
    assert_non_null (publish (&s));

    s = good;                                           /* firmware's own word counts                               */
    screen_fdt (&s, &f);
    assert_int_equal (s.addr, good.addr);

    for (size_t i = 0; i < b.size; i++)                 /* any damage: a screen that passes the checks, or none      */
        for (unsigned bit = 0; bit < 8; bit++) {
            b.data[i] ^= (uint8_t)(1U << bit);
            s = (struct screen) { 0 };
            if (fdt_open (&f, b.data, b.size))
                screen_fdt (&s, &f);
            publish (&s);
            b.data[i] ^= (uint8_t)(1U << bit);
        }

    free (b.data);
}

static int machine (void **state UNUSED)
{
    space_mem_protect (SECRET, SECRET + 1);

    return 0;
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (records), cmocka_unit_test (modes), cmocka_unit_test (places), cmocka_unit_test (full), cmocka_unit_test (trees),
    };

    return cmocka_run_group_tests (tests, machine, NULL);
}
