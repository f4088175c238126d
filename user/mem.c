/* SPDX-License-Identifier: GPL-2.0-only */
#include <hypercall.h>
#include <mem.h>
#include <root.h>

enum { PAGE_BITS = 12, PAGE = 1 << PAGE_BITS, LARGE = 1 << 21 };

static uintptr_t window_next = MEM_WINDOW_BASE;

uintptr_t mem_window (size_t pages, unsigned ord)
{
    uintptr_t const align = UINT64_C (1) << (ord + PAGE_BITS), va = (window_next + align - 1) & ~(align - 1);
    uintptr_t const left = MEM_WINDOW_BASE + MEM_WINDOW_SIZE - va;

    if (va >= MEM_WINDOW_BASE + MEM_WINDOW_SIZE || pages > left >> PAGE_BITS)
        return 0;

    window_next = va + (pages << PAGE_BITS);

    return va;
}

void *mem_map (uint64_t phys, size_t size, unsigned pmm, uint32_t mad)
{
    uint64_t const off = phys & (PAGE - 1);
    uint64_t const count = (off + size + PAGE - 1) >> PAGE_BITS;
    uintptr_t const va = mem_window (count, count >= 512 ? 9 : 0);

    if (!va)
        return NULL;

    uint64_t ssb = phys >> PAGE_BITS, dsb = va >> PAGE_BITS;

    for (uint64_t left = count, n; left; ssb += n, dsb += n, left -= n) {

        unsigned ord = 0;

        while (ord < root.hip->mco_hst && ord < 9 && UINT64_C (2) << ord <= left && !((ssb | dsb) & ((UINT64_C (2) << ord) - 1)))
            ord++;

        n = UINT64_C (1) << ord;

        if (hyp_ctrl_pd (SEL_NOVA_HST, SEL_ROOT_HST, ssb, dsb, ord, pmm, mad) != STATUS_SUCCESS)
            return NULL;
    }

    return (void *) (va + off);
}

static size_t whole_pages (size_t size) { return (size + PAGE - 1) & ~(size_t) (PAGE - 1); }

static void *map_zeroed (uint64_t phys, size_t size)
{
    uint64_t *const m = mem_map (phys, size, PERM_MEM_R | PERM_MEM_W, MAD_RAM);

    for (size_t k = 0; m && k < size / sizeof (*m); k++)
        m[k] = 0;

    return m;
}

void *mem_alloc (size_t size, uint64_t *phys)
{
    size = whole_pages (size);

    for (unsigned i = 0; size && i < root.rams; i++) {

        struct range *const r = root.ram + i;

        if (r->end - r->start < size)
            continue;

        uint64_t const p = r->start;
        void *const m = map_zeroed (p, size);

        if (!m)
            return NULL;

        r->start += size;

        if (phys)
            *phys = p;

        return m;
    }

    return NULL;
}

void *mem_alloc_apart (size_t size, uint64_t *phys)
{
    struct range *r = root.ram;

    for (unsigned i = 1; i < root.rams; i++)
        if (root.ram[i].end - root.ram[i].start > r->end - r->start)
            r = root.ram + i;

    size = whole_pages (size);

    uint64_t const end = r->end, bytes = end - r->start, start = (r->start + bytes / 4 + LARGE - 1) & ~(uint64_t) (LARGE - 1);

    if (!size || !root.rams || size > bytes / 8 || start + size > end)
        return NULL;

    void *const m = map_zeroed (start, size);

    if (!m)
        return NULL;

    r->end = start;                                     /* who asks next gets what lies before, as without this */
    ram_add (start + size, end);

    *phys = start;

    return m;
}
