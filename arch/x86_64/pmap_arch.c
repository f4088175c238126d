/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 part of the kernel's mappings: entries, and the area of a CPU with its stacks, shadow stacks and TSS in slot 511. */
#include <pmap.h>

#include <base/assert.h>
#include <buddy.h>
#include <cfp.h>
#include <cpu.h>
#include <cpu_local.h>
#include <cr.h>
#include <hw.h>
#include <kmem.h>
#include <space_hst.h>
#include <space_pio.h>
#include <string.h>

#define RW          (HPT_P | HPT_W | HPT_A | HPT_D | HPT_G | HPT_NX)
#define RO          (HPT_P | HPT_A | HPT_G | HPT_NX)   /* read-only and dirty would be a shadow stack (SDM 3A, 4.6.1) */
#define RX          (HPT_P | HPT_A | HPT_G)
#define SHSTK       (HPT_P | HPT_A | HPT_D | HPT_G | HPT_NX)
#define UC          (HPT_PWT | HPT_PCD)
#define LARGE       (UINT64_C (1) << 21)

static uint64_t *top_cpu[CPU_MAX];                      /* what slot 511 refers to                                  */
static uintptr_t shstk_start, shstk_next, shstk_end;    /* pages of shadow stacks, by their addresses in the image  */

static unsigned index (uintptr_t va, unsigned level) { return ptab_index (va, level); }

uint64_t pmap_leaf (enum pmap_kind kind, unsigned level)
{
    uint64_t const size = level ? HPT_S : 0;

    switch (kind) {
        case PMAP_RX:       return size | RX;
        case PMAP_RO:       return size | RO;
        case PMAP_RW:       return size | RW;
        case PMAP_VIEW:     return size | (RO & ~HPT_G);
        case PMAP_VIEW_RW:  return size | (RW & ~HPT_G);
        case PMAP_DEVICE:   break;
    }

    return level ? ((HPT_S | RW | UC) & ~HPT_G) : RW | UC;    /* a window, or registers that the kernel goes on using  */
}

void pmap_write (uint64_t *entry, uintptr_t va, uint64_t value)
{
    *entry = value;
    invlpg (va);
}

paddr_t pmap_end (void) { return phys_end(); }

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

bool pmap_apart (uintptr_t va) { return va >= shstk_start && va < shstk_end; }

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

bool pmap_cpu_raise (cpu_t cpu)
{
    uint64_t *const pml4 = buddy_alloc (0, BUDDY_ZERO);

    if (!pml4)
        return false;

    pml4[index (CPU_AREA, 3)] = kmem_phys (top_cpu[cpu]) | PMAP_TABLE;
    top_cpu[cpu] = pml4;

    return true;
}

struct cpu_local *pmap_cpu_create (cpu_t cpu)
{
    uint64_t *pdpt, *pt;
    struct cpu_local *const local = pmap_cpu_tables (cpu, &pdpt, &pt);

    if (!local || !pmap_pages (pt, CPU_TSS, 1) || !pmap_pages (pt, CPU_STACK, STACK_PAGES) || !pmap_pages (pt, CPU_STACK_DF, 1) ||
        !pmap_pages (pt, CPU_STACK_NMI, 1) || !pmap_pages (pt, CPU_STACK_MC, 1) || !pmap_pages (pt, CPU_STACK_DB, 1) ||
        !pmap_pages (pt, CPU_STACK_CP, 1) || !map_shstk (pt))
        return NULL;

    top_cpu[cpu] = pdpt;

    if (hpt_levels == 5 && !pmap_cpu_raise (cpu))
        return NULL;

    return local;
}

void root_init (uint64_t *table, cpu_t cpu, struct space_pio const *pio)
{
    table[SLOT_KERNEL] = table[SLOT_ALIAS] = kmem_phys (top_cpu[cpu]) | PMAP_TABLE;
    table[SLOT_PIO]    = space_pio_entry (pio);
}

void *pmap_low (paddr_t page) { return (void *)pmap_device (page, PAGE_SIZE, PMAP_RW); }
