/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Kernel mappings. Everything in slot 511 below the area of the CPU hangs off one page directory that all CPUs share, so a
 * window or a device that the boot CPU maps is there for all.
 */
#include <pmap.h>

#include <base/assert.h>
#include <buddy.h>
#include <cfp.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <cr.h>
#include <hpt.h>
#include <kmem.h>
#include <mmio.h>
#include <space_hst.h>
#include <space_pio.h>
#include <string.h>
#include <window.h>

#define TABLE       (HPT_P | HPT_W | HPT_A)
#define RW          (HPT_P | HPT_W | HPT_A | HPT_D | HPT_G | HPT_NX)
#define RO          (HPT_P | HPT_A | HPT_G | HPT_NX)   /* read-only and dirty would be a shadow stack (SDM 3A, 4.6.1) */
#define RX          (HPT_P | HPT_A | HPT_G)
#define SHSTK       (HPT_P | HPT_A | HPT_D | HPT_G | HPT_NX)
#define UC          (HPT_PWT | HPT_PCD)
#define LARGE       (UINT64_C (1) << 21)

uint64_t pd_kernel[512] ALIGNED (4096);                 /* LINK_ADDR ... LINK_ADDR + 1 GiB; start.S begins to fill it */
static uint64_t pt_image[512]  ALIGNED (4096);          /* the first 2 MiB of it                                    */
static uint64_t pt_mmio[512]   ALIGNED (4096);
static uint64_t *top_cpu[CPU_MAX];                      /* what slot 511 refers to                                  */
static unsigned mmio_used;                              /* pages                                                    */
static uintptr_t shstk_start, shstk_next, shstk_end;    /* pages of shadow stacks, by their addresses in the image  */

uint64_t kmem_offset;

static unsigned index (uintptr_t va, unsigned level) { return ptab_index (va, level); }

/* CPU_SHSTK and CPU_SHSTK_IST of one CPU, as they are before anything runs on them */
static void shstk_fill (uint64_t *own, uint64_t *ist)
{
    memset (own, 0, PAGE_SIZE);
    memset (ist, 0, PAGE_SIZE);

    own[(CPU_SSP - CPU_SHSTK) / sizeof *own] = CPU_SSP;

    for (unsigned i = 1; i <= CPU_IST_COUNT; i++)
        ist[(CPU_SSP_IST (i) - CPU_SHSTK_IST) / sizeof *ist] = CPU_SSP_IST (i);
}

/* In the first large page of the image, which has a table of its own: there these pages can be taken out */
void *pmap_shstk_init (void *start, unsigned cpus)
{
    uintptr_t const room = align_dn (LINK_ADDR + LARGE - align_up ((uintptr_t)start, PAGE_SIZE), SHSTK_PAGES * PAGE_SIZE);

    shstk_start = shstk_next = align_up ((uintptr_t)start, PAGE_SIZE);
    shstk_end   = shstk_start + MIN (MIN (cpus, CPU_MAX) * SHSTK_PAGES * PAGE_SIZE, room);

    for (uintptr_t v = shstk_start; v < shstk_end; v += SHSTK_PAGES * PAGE_SIZE)
        shstk_fill ((void *)v, (void *)(v + PAGE_SIZE));

    return shstk_end > shstk_start ? (void *)shstk_end : start;
}

static bool map_shstk (uint64_t *pt)
{
    if (!cfp.ret)
        return true;

    if (shstk_next == shstk_end)
        return false;

    pt[index (CPU_SHSTK, 0)]     = kmem_phys ((void *)shstk_next) | SHSTK;
    pt[index (CPU_SHSTK_IST, 0)] = kmem_phys ((void *)(shstk_next + PAGE_SIZE)) | SHSTK;

    shstk_next += SHSTK_PAGES * PAGE_SIZE;

    return true;
}

bool pmap_init (void)
{
    uintptr_t const text = (uintptr_t)TEXT_START, rodata = (uintptr_t)TEXT_END, data = (uintptr_t)RODATA_END;

    for (uintptr_t v = LINK_ADDR; v < LINK_ADDR + LARGE; v += PAGE_SIZE)
        if (v >= text && (v < shstk_start || v >= shstk_end))
            pt_image[index (v, 0)] = kmem_phys ((void *)v) | (v < rodata ? RX : v < data ? RO : RW);

    pd_kernel[index (LINK_ADDR, 1)] = kmem_phys (pt_image) | TABLE;

    for (uintptr_t v = LINK_ADDR + LARGE; v < (uintptr_t)RECORDS_END; v += LARGE)
        pd_kernel[index (v, 1)] = kmem_phys ((void *)v) | RW | HPT_S;

    return true;
}

static void *map_page (uint64_t *pt, uintptr_t va)
{
    void *const page = buddy_alloc (0, BUDDY_ZERO);

    if (page)
        pt[index (va, 0)] = kmem_phys (page) | RW;

    return page;
}

static bool map_stack (uint64_t *pt, uintptr_t base, unsigned pages)
{
    while (pages--)
        if (!map_page (pt, base + pages * PAGE_SIZE))
            return false;

    return true;
}

bool pmap_cpu_raise (cpu_t cpu)
{
    uint64_t *const pml4 = buddy_alloc (0, BUDDY_ZERO);

    if (!pml4)
        return false;

    pml4[index (CPU_AREA, 3)] = kmem_phys (top_cpu[cpu]) | TABLE;
    top_cpu[cpu] = pml4;

    return true;
}

struct cpu_local *pmap_cpu_create (cpu_t cpu)
{
    uint64_t *const pdpt = buddy_alloc (0, BUDDY_ZERO), *const pd = buddy_alloc (0, BUDDY_ZERO), *const pt = buddy_alloc (0, BUDDY_ZERO);
    char *const local = buddy_alloc (1, BUDDY_ZERO);

    if (!pdpt || !pd || !pt || !local)
        return NULL;

    STATIC_ASSERT (CPU_LOCAL_PAGES == 2);
    STATIC_ASSERT (sizeof (struct cpu_local) <= CPU_LOCAL_PAGES * PAGE_SIZE);

    pdpt[index (LINK_ADDR, 2)]  = kmem_phys (pd_kernel) | TABLE;
    pdpt[index (CPU_AREA, 2)]   = kmem_phys (pd) | TABLE;
    pd[index (CPU_AREA, 1)]     = kmem_phys (pt) | TABLE;

    for (unsigned i = 0; i < CPU_LOCAL_PAGES; i++)
        pt[index (CPU_LOCAL, 0) + i] = kmem_phys (local + i * PAGE_SIZE) | RW;

    if (!map_page (pt, CPU_TSS) || !map_stack (pt, CPU_STACK, STACK_PAGES) || !map_stack (pt, CPU_STACK_DF, 1) ||
        !map_stack (pt, CPU_STACK_NMI, 1) || !map_stack (pt, CPU_STACK_MC, 1) || !map_stack (pt, CPU_STACK_DB, 1) ||
        !map_stack (pt, CPU_STACK_CP, 1) || !map_shstk (pt))
        return NULL;

    top_cpu[cpu] = pdpt;

    if (hpt_levels == 5 && !pmap_cpu_raise (cpu))
        return NULL;

    return (void *)local;
}

void root_init (uint64_t *table, cpu_t cpu, struct space_pio const *pio)
{
    table[SLOT_KERNEL] = table[SLOT_ALIAS] = kmem_phys (top_cpu[cpu]) | TABLE;
    table[SLOT_PIO]    = space_pio_entry (pio);
}

/* Windows are 2 MiB pages: three each, so that any 2 MiB range fits whatever its alignment, and a hole behind it */
static uintptr_t map_window (unsigned w, paddr_t addr, size_t size, uint64_t attr)
{
    uint64_t const end = addr + size;

    if (!size || size > WINDOW_MAX || end < addr || end > BIT64 (cpu_paddr_bits()))
        return 0;

    uintptr_t const va = WINDOW_ADDR + (uintptr_t)w * 4 * LARGE;
    paddr_t const base = align_dn (addr, LARGE);

    for (unsigned i = 0; i < 2; i++) {
        paddr_t const p = base + i * LARGE;
        pd_kernel[index (va, 1) + i] = p < end ? p | ((attr | HPT_S) & ~HPT_G) : 0;
        invlpg (va + i * LARGE);
    }

    return va + (addr - base);
}

void const *window_map (enum window w, paddr_t addr, size_t size) { return (void const *)map_window (w, addr, size, RO); }

static paddr_t forbidden_start, forbidden_end;

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
    return in_use (addr, size) ? NULL : (volatile void *)map_window (WINDOW_COUNT, addr, size, RW | UC);
}

static uintptr_t map_phys (paddr_t addr, size_t size, uint64_t attr)
{
    paddr_t const base = align_dn (addr, PAGE_SIZE);
    uint64_t const pages = (align_up (addr + size, PAGE_SIZE) - base) >> PAGE_BITS;

    if (!size || addr + size < addr || addr + size > BIT64 (cpu_paddr_bits()) || mmio_used + pages + 1 > MMIO_PAGES)
        return 0;

    uintptr_t const va = MMIO_ADDR + mmio_used * PAGE_SIZE;

    pd_kernel[index (MMIO_ADDR, 1)] = kmem_phys (pt_mmio) | TABLE;  /* the console may come before pmap_init()      */

    for (unsigned i = 0; i < pages; i++)
        pt_mmio[mmio_used + i] = (base + i * PAGE_SIZE) | RW | attr;

    mmio_used += (unsigned)pages + 1;                   /* and a hole                                               */

    return va + (addr - base);
}

volatile void *mmio_map (paddr_t addr, size_t size) { return in_use (addr, size) ? NULL : (volatile void *)map_phys (addr, size, UC); }

void *pmap_low (paddr_t page) { return (void *)map_phys (page, PAGE_SIZE, 0); }
