/* SPDX-License-Identifier: GPL-2.0-only */
#include <hypercall.h>
#include <mem.h>
#include <root.h>

enum { PAGE_BITS = 12, PAGE = 1 << PAGE_BITS };

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

void *mem_alloc (size_t size, uint64_t *phys)
{
    size = (size + PAGE - 1) & ~(size_t) (PAGE - 1);

    for (unsigned i = 0; size && i < root.rams; i++) {

        struct range *const r = root.ram + i;

        if (r->end - r->start < size)
            continue;

        uint64_t const p = r->start;
        uint64_t *const m = mem_map (p, size, PERM_MEM_R | PERM_MEM_W, MAD_RAM);

        if (!m)
            return NULL;

        r->start += size;

        for (size_t k = 0; k < size / sizeof (*m); k++)
            m[k] = 0;

        if (phys)
            *phys = p;

        return m;
    }

    return NULL;
}
