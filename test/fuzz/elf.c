/* SPDX-License-Identifier: GPL-2.0-only */
/* Root images. Numbers of the image: its start and end in physical memory. */
#include <elf.h>
#include <image.h>

#define USER_END    UINT64_C (0x7ffffffff000)
#define MACHINE     62                                  /* EM_X86_64                                                */

static bool overlap (uint64_t a, uint64_t a_size, uint64_t b, uint64_t b_size)
{
    return a < b + b_size && b < a + a_size;
}

/* Whatever the image says, this holds, and root.c relies on it */
static void check (struct elf_image const *e, uint64_t start, uint64_t end)
{
    bool entry = false;

    assert_in_range (e->segments, 1, ELF_SEGMENTS_MAX);

    for (unsigned i = 0; i < e->segments; i++) {

        struct elf_segment const *const s = &e->segment[i];

        assert_true (s->size && !((s->vaddr | s->paddr | s->size) & PAGE_MASK));
        assert_true (s->vaddr < USER_END && s->size <= USER_END - s->vaddr);
        assert_true (s->r || s->w || s->x);

        /* Rounding reaches into at most the page before and the page behind the image */
        assert_true (s->paddr >= align_dn (start, PAGE_SIZE) && s->paddr < end);
        assert_true (s->size <= align_up (end, PAGE_SIZE) - s->paddr);

        entry |= s->x && e->entry >= s->vaddr && e->entry - s->vaddr < s->size;

        for (unsigned j = 0; j < i; j++)
            assert_false (overlap (s->vaddr, s->size, e->segment[j].vaddr, e->segment[j].size));
    }

    assert_true (entry);
}

int LLVMFuzzerTestOneInput (uint8_t const *data, size_t size)
{
    static struct elf_image out, poison;
    uint64_t number[IMAGE_NUMBERS];

    if (!image_load (number, data, size, NULL))
        return 0;

    memset (&poison, 0xa5, sizeof poison);
    out = poison;

    bool const ok = elf_parse (&out, number[0], number[1], USER_END, MACHINE);

    assert_int_equal (host_lines, !ok);

    if (ok)
        check (&out, number[0], number[1]);
    else
        assert_memory_equal (&out, &poison, sizeof out);

    return 0;
}
