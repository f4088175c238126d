/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel mappings. Everything below the area of the CPU hangs off one table that all CPUs share, so a window or a device that the
 * boot CPU maps is there for all. Only windows ever change: break before make (Arm ARM, D8.16.1).
 */
#include <pmap.h>

#include <buddy.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_local.h>
#include <hw.h>
#include <kmem.h>
#include <mmio.h>
#include <ptab.h>
#include <string.h>
#include <sysreg.h>
#include <tlb_arch.h>
#include <vhe.h>
#include <window.h>

/* Descriptors, D8.3.1: with one range of addresses AP[1] is RES1 and XN is bit 54; with two, AP[1] is EL0's, and XN is PXN and UXN */
#define P           BIT64 (0)
#define T           BIT64 (1)                           /* table, or page at level 0                                */
#define ATTR(mair)  ((uint64_t)(mair) << 2)
#define AP1         (two_ranges() ? 0 : BIT64 (6))
#define RDONLY      BIT64 (7)
#define INNER       (UINT64_C (3) << 8)
#define AF          BIT64 (10)
#define GP          BIT64 (50)                          /* guarded page: BTI                                        */
#define UXN         (two_ranges() ? BIT64 (54) : 0)
#define XN          (two_ranges() ? BIT64 (53) | BIT64 (54) : BIT64 (54))
#define ADDR        UINT64_C (0x0000fffffffff000)

#define TABLE       (P | T)
#define NORMAL      (P | AP1 | INNER | AF | ATTR (MAIR_NORMAL))
#define RW          (NORMAL | XN)
#define RO          (NORMAL | RDONLY | XN)
#define RX          (NORMAL | RDONLY | UXN)
#define DEVICE      (P | AP1 | AF | XN | ATTR (MAIR_DEVICE))
#define LARGE       (UINT64_C (1) << 21)

static uint64_t pd_kernel[512] ALIGNED (4096);          /* LINK_ADDR ... LINK_ADDR + 1 GiB                          */
static uint64_t pt_image[512]  ALIGNED (4096);          /* the first 2 MiB of it                                    */
static uint64_t pt_mmio[512]   ALIGNED (4096);
static unsigned mmio_used, mmio_blocks;                 /* pages, blocks of 2 MiB                                   */

uint64_t kmem_offset;

static NOINLINE bool two_ranges (void) { return vhe(); }    /* one site for all of this file                         */

/* Operand of TLBI by address: 44 bits; above them is an ASID, which has no say over global entries (Arm ARM, C5.5) */
#define TLBI_VA(va) (((va) >> PAGE_BITS) & (BIT64 (44) - 1))

static unsigned index (uintptr_t va, unsigned level) { return ptab_index (va, level); }

void pmap_init (void)
{
    uintptr_t const text = (uintptr_t)TEXT_START, rodata = (uintptr_t)TEXT_END, data = (uintptr_t)RODATA_END;

    for (uintptr_t v = LINK_ADDR; v < LINK_ADDR + LARGE; v += PAGE_SIZE)
        pt_image[index (v, 0)] = v < text ? 0 : kmem_phys ((void *)v) | T | (v < rodata ? RX : v < data ? RO : RW);

    pd_kernel[index (LINK_ADDR, 1)] = kmem_phys (pt_image) | TABLE;
    pd_kernel[index (MMIO_ADDR, 1)] = kmem_phys (pt_mmio) | TABLE;

    for (uintptr_t v = LINK_ADDR + LARGE; v < (uintptr_t)RECORDS_END; v += LARGE)
        pd_kernel[index (v, 1)] = kmem_phys ((void *)v) | RW;
}

void pmap_guard (void)
{
    for (uintptr_t v = (uintptr_t)TEXT_START; v < (uintptr_t)TEXT_END; v += PAGE_SIZE)
        pt_image[index (v, 0)] |= GP;

    __asm__ volatile ("dsb ishst; tlbi alle2is; dsb ish; isb" : : : "memory");
}

static bool map_pages (uint64_t *pt, uintptr_t va, unsigned pages)
{
    while (pages--) {

        void *const page = buddy_alloc (0, BUDDY_ZERO);

        if (!page)
            return false;

        pt[index (va, 0) + pages] = kmem_phys (page) | T | RW;
    }

    return true;
}

struct cpu_local *pmap_cpu_create (cpu_t cpu)
{
    uint64_t *const l3 = buddy_alloc (0, BUDDY_ZERO), *const l2 = buddy_alloc (0, BUDDY_ZERO), *const l1 = buddy_alloc (0, BUDDY_ZERO),
             *const l0 = buddy_alloc (0, BUDDY_ZERO);
    char *const memory = buddy_alloc (1, BUDDY_ZERO);

    if (!l3 || !l2 || !l1 || !l0 || !memory)
        return NULL;

    STATIC_ASSERT (CPU_LOCAL_PAGES == 2);
    STATIC_ASSERT (sizeof (struct cpu_local) <= CPU_LOCAL_PAGES * PAGE_SIZE);

    l3[index (LINK_ADDR, 3)] = kmem_phys (l2) | TABLE;
    l2[index (LINK_ADDR, 2)] = kmem_phys (pd_kernel) | TABLE;
    l2[index (CPU_AREA, 2)]  = kmem_phys (l1) | TABLE;
    l1[index (CPU_AREA, 1)]  = kmem_phys (l0) | TABLE;

    for (unsigned i = 0; i < CPU_LOCAL_PAGES; i++)
        l0[index (CPU_LOCAL, 0) + i] = kmem_phys (memory + i * PAGE_SIZE) | T | RW;

    if (!map_pages (l0, CPU_STACK, STACK_PAGES) || !map_pages (l0, CPU_STACK_PANIC, 1))
        return NULL;

    struct cpu_local *const local = (void *)memory;

    local->id         = cpu;
    local->token      = cpu + 1U;
    local->arch.ttbr  = kmem_phys (l3);
    local->arch.below = l3[index (LINK_ADDR, 3)];
    local->arch.hole  = tlb_hole_first (cpu);

    return local;
}

static void break_before_make (uint64_t *entry, uintptr_t va, uint64_t value)
{
    if (*(volatile uint64_t *)entry) {
        *(volatile uint64_t *)entry = 0;
        dsb (ishst);
        __asm__ volatile ("tlbi vae2is, %0; dsb ish" : : "r" (TLBI_VA (va)) : "memory");
    }

    *(volatile uint64_t *)entry = value;
    dsb (ishst);
    isb();
}

/* End of what the kernel's own tables can map: its stage 1 has no FEAT_LPA2 */
static paddr_t mappable (void) { return MIN (phys_end(), BIT64 (48)); }

/* Windows are blocks of 2 MiB: two each, so that any 2 MiB range fits whatever its alignment, and a hole behind them */
static uintptr_t map_window (unsigned w, paddr_t addr, size_t size, uint64_t attr)
{
    uint64_t const end = addr + size;

    if (!size || size > WINDOW_MAX || end < addr || end > mappable())
        return 0;

    uintptr_t const va = WINDOW_ADDR + (uintptr_t)w * 4 * LARGE;
    paddr_t const base = align_dn (addr, LARGE);

    for (unsigned i = 0; i < 2; i++) {
        paddr_t const p = base + i * LARGE;
        break_before_make (&pd_kernel[index (va, 1) + i], va + i * LARGE, p < end ? p | attr : 0);
    }

    return va + (addr - base);
}

void const *window_map (enum window w, paddr_t addr, size_t size) { return (void const *)map_window (w, addr, size, RO); }

/* To memory, for those who read it past the caches, too (Arm ARM, D7.5.9) */
void window_erase (paddr_t addr, size_t size)
{
    uintptr_t const at = map_window (WINDOW_ROOT, addr, size, RW);

    if (!at)
        return;

    memset ((void *)at, 0, size);

    for (uintptr_t a = align_dn (at, 16); a < at + size; a += 16)
        __asm__ volatile ("dc civac, %0" : : "r" (a) : "memory");

    dsb (sy);
    map_window (WINDOW_ROOT, addr, size, RO);
}

static paddr_t forbidden_start, forbidden_end;

void mmio_forbid (paddr_t start, paddr_t end)
{
    forbidden_start = start;
    forbidden_end   = end;
}

static bool in_use (paddr_t addr, size_t size)
{
    paddr_t const end = addr + size;

    return (addr < kmem_phys (RECORDS_END) && end > kmem_phys ((void *)LINK_ADDR)) || (addr < forbidden_end && end > forbidden_start);
}

volatile void *mmio_window (paddr_t addr, size_t size)
{
    return in_use (addr, size) ? NULL : (volatile void *)map_window (WINDOW_COUNT, addr, size, DEVICE);
}

static uintptr_t map_blocks (paddr_t addr, size_t size)
{
    paddr_t const base = align_dn (addr, LARGE);
    uint64_t const blocks = (align_up (addr + size, LARGE) - base) / LARGE;
    uintptr_t const va = MMIO_BLOCK_ADDR + mmio_blocks * LARGE;

    if (mmio_blocks + blocks + 1 > MMIO_BLOCKS)
        return 0;

    for (unsigned i = 0; i < blocks; i++)
        break_before_make (&pd_kernel[index (va, 1) + i], va + i * LARGE, (base + i * LARGE) | DEVICE);

    mmio_blocks += (unsigned)blocks + 1;                /* and a hole                                               */

    return va + (addr - base);
}

static uintptr_t map_small (paddr_t addr, size_t size)
{
    paddr_t const base = align_dn (addr, PAGE_SIZE);
    uint64_t const pages = (align_up (addr + size, PAGE_SIZE) - base) >> PAGE_BITS;
    uintptr_t const va = MMIO_ADDR + mmio_used * PAGE_SIZE;

    if (mmio_used + pages + 1 > MMIO_PAGES)
        return 0;

    for (unsigned i = 0; i < pages; i++)
        break_before_make (&pt_mmio[mmio_used + i], va + i * PAGE_SIZE, (base + i * PAGE_SIZE) | T | DEVICE);

    mmio_used += (unsigned)pages + 1;

    return va + (addr - base);
}

volatile void *mmio_map (paddr_t addr, size_t size)
{
    if (!size || addr + size < addr || addr + size > mappable() || in_use (addr, size))
        return NULL;

    if (size < LARGE)                                   /* ?: would make targets of indirect calls of both          */
        return (volatile void *)map_small (addr, size);

    return (volatile void *)map_blocks (addr, size);
}
