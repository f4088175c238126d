/* SPDX-License-Identifier: GPL-2.0-only */
#include <pmap.h>

#include <base/assert.h>
#include <buddy.h>
#include <cpu_local.h>
#include <kmem.h>
#include <mmio.h>
#include <ptab.h>
#include <tlb_hole.h>
#include <window.h>

#define LARGE       (UINT64_C (1) << 21)

uint64_t pd_kernel[512] ALIGNED (4096);
uint64_t pt_image[512]  ALIGNED (4096);
static uint64_t pt_mmio[512] ALIGNED (4096);
static unsigned mmio_used, mmio_blocks;                 /* pages, blocks of 2 MiB                                   */
static paddr_t forbidden_start, forbidden_end;

uint64_t kmem_offset;

static unsigned index (uintptr_t va, unsigned level) { return ptab_index (va, level); }

void pmap_init (void)
{
    uintptr_t const text = (uintptr_t)TEXT_START, rodata = (uintptr_t)TEXT_END, data = (uintptr_t)RODATA_END;

    for (uintptr_t v = LINK_ADDR; v < LINK_ADDR + LARGE; v += PAGE_SIZE)
        if (v >= text && !pmap_apart (v))
            pt_image[index (v, 0)] = kmem_phys ((void *)v) | pmap_leaf (v < rodata ? PMAP_RX : v < data ? PMAP_RO : PMAP_RW, 0);

    pd_kernel[index (LINK_ADDR, 1)] = kmem_phys (pt_image) | PMAP_TABLE;

    for (uintptr_t v = LINK_ADDR + LARGE; v < (uintptr_t)RECORDS_END; v += LARGE)
        pd_kernel[index (v, 1)] = kmem_phys ((void *)v) | pmap_leaf (PMAP_RW, 1);
}

bool pmap_pages (uint64_t *area, uintptr_t va, unsigned pages)
{
    while (pages--) {

        void *const page = buddy_alloc (0, BUDDY_ZERO);

        if (!page)
            return false;

        area[index (va, 0) + pages] = kmem_phys (page) | pmap_leaf (PMAP_RW, 0);
    }

    return true;
}

struct cpu_local *pmap_cpu_tables (cpu_t cpu, uint64_t **top, uint64_t **area)
{
    uint64_t *const l2 = buddy_alloc (0, BUDDY_ZERO), *const l1 = buddy_alloc (0, BUDDY_ZERO), *const l0 = buddy_alloc (0, BUDDY_ZERO);
    char *const memory = buddy_alloc (1, BUDDY_ZERO);

    if (!l2 || !l1 || !l0 || !memory)
        return NULL;

    STATIC_ASSERT (CPU_LOCAL_PAGES == 2);
    STATIC_ASSERT (sizeof (struct cpu_local) <= CPU_LOCAL_PAGES * PAGE_SIZE);

    l2[index (LINK_ADDR, 2)] = kmem_phys (pd_kernel) | PMAP_TABLE;
    l2[index (CPU_AREA, 2)]  = kmem_phys (l1) | PMAP_TABLE;
    l1[index (CPU_AREA, 1)]  = kmem_phys (l0) | PMAP_TABLE;

    for (unsigned i = 0; i < CPU_LOCAL_PAGES; i++)
        l0[index (CPU_LOCAL, 0) + i] = kmem_phys (memory + i * PAGE_SIZE) | pmap_leaf (PMAP_RW, 0);

    struct cpu_local *const local = (void *)memory;

    local->id    = cpu;
    local->token = cpu + 1U;
    rlx_store (&local->hole, tlb_hole_first (cpu));

    *top  = l2;
    *area = l0;

    return local;
}

/* Windows are two blocks of 2 MiB each, so that any 2 MiB range fits whatever its alignment, and a hole behind them */
uintptr_t pmap_window (unsigned w, paddr_t addr, size_t size, enum pmap_kind kind)
{
    uint64_t const end = addr + size;

    if (!size || size > WINDOW_MAX || end < addr || end > pmap_end())
        return 0;

    uintptr_t const va = WINDOW_ADDR + (uintptr_t)w * 4 * LARGE;
    paddr_t const base = align_dn (addr, LARGE);

    for (unsigned i = 0; i < 2; i++) {
        paddr_t const p = base + i * LARGE;
        pmap_write (&pd_kernel[index (va, 1) + i], va + i * LARGE, p < end ? p | pmap_leaf (kind, 1) : 0);
    }

    return va + (addr - base);
}

void const *window_map (enum window w, paddr_t addr, size_t size) { return (void const *)pmap_window (w, addr, size, PMAP_VIEW); }

void mmio_forbid (paddr_t start, paddr_t end)
{
    forbidden_start = start;
    forbidden_end   = end;
}

/* No line for each: who asks says what it goes without */
static bool in_use (paddr_t addr, size_t size)
{
    paddr_t const end = addr + size;

    return (addr < kmem_phys (RECORDS_END) && end > kmem_phys ((void *)LINK_ADDR)) || (addr < forbidden_end && end > forbidden_start);
}

volatile void *mmio_window (paddr_t addr, size_t size)
{
    return in_use (addr, size) ? NULL : (volatile void *)pmap_window (WINDOW_COUNT, addr, size, PMAP_DEVICE);
}

static uintptr_t map_blocks (paddr_t addr, size_t size, enum pmap_kind kind)
{
    paddr_t const base = align_dn (addr, LARGE);
    uint64_t const blocks = (align_up (addr + size, LARGE) - base) / LARGE;
    uintptr_t const va = MMIO_BLOCK_ADDR + mmio_blocks * LARGE;

    if (mmio_blocks + blocks + 1 > MMIO_BLOCKS)
        return 0;

    for (unsigned i = 0; i < blocks; i++)
        pmap_write (&pd_kernel[index (va, 1) + i], va + i * LARGE, (base + i * LARGE) | pmap_leaf (kind, 1));

    mmio_blocks += (unsigned)blocks + 1;                /* and a hole                                               */

    return va + (addr - base);
}

static uintptr_t map_small (paddr_t addr, size_t size, enum pmap_kind kind)
{
    paddr_t const base = align_dn (addr, PAGE_SIZE);
    uint64_t const pages = (align_up (addr + size, PAGE_SIZE) - base) >> PAGE_BITS;
    uintptr_t const va = MMIO_ADDR + mmio_used * PAGE_SIZE;

    if (mmio_used + pages + 1 > MMIO_PAGES)
        return 0;

    pd_kernel[index (MMIO_ADDR, 1)] = kmem_phys (pt_mmio) | PMAP_TABLE;     /* the console may come before pmap_init() */

    for (unsigned i = 0; i < pages; i++)
        pmap_write (&pt_mmio[mmio_used + i], va + i * PAGE_SIZE, (base + i * PAGE_SIZE) | pmap_leaf (kind, 0));

    mmio_used += (unsigned)pages + 1;

    return va + (addr - base);
}

uintptr_t pmap_device (paddr_t addr, size_t size, enum pmap_kind kind)
{
    if (!size || addr + size < addr || addr + size > pmap_end())
        return 0;

    if (size < LARGE)                                   /* ?: would make targets of indirect calls of both          */
        return map_small (addr, size, kind);

    return map_blocks (addr, size, kind);
}

volatile void *mmio_map (paddr_t addr, size_t size)
{
    return in_use (addr, size) ? NULL : (volatile void *)pmap_device (addr, size, PMAP_DEVICE);
}
