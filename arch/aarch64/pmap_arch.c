/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * aarch64 part of the kernel's mappings: entries, and the area of a CPU, below a top level of its own. Only windows ever change: break
 * before make (Arm ARM, D8.16.1).
 */
#include <pmap.h>

#include <buddy.h>
#include <cpu_local.h>
#include <hw.h>
#include <kmem.h>
#include <ptab.h>
#include <string.h>
#include <sysreg.h>
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

#define NORMAL      (P | AP1 | INNER | AF | ATTR (MAIR_NORMAL))
#define RW          (NORMAL | XN)
#define RO          (NORMAL | RDONLY | XN)
#define RX          (NORMAL | RDONLY | UXN)
#define DEVICE      (P | AP1 | AF | XN | ATTR (MAIR_DEVICE))
#define LARGE       (UINT64_C (1) << 21)

static NOINLINE bool two_ranges (void) { return vhe(); }    /* one site for all of this file                         */

/* Operand of TLBI by address: 44 bits; above them is an ASID, which has no say over global entries (Arm ARM, C5.5) */
#define TLBI_VA(va) (((va) >> PAGE_BITS) & (BIT64 (44) - 1))

uint64_t pmap_leaf (enum pmap_kind kind, unsigned level)
{
    uint64_t const type = level ? 0 : T;

    switch (kind) {
        case PMAP_RX:       return type | RX;
        case PMAP_RO:
        case PMAP_VIEW:     return type | RO;
        case PMAP_RW:
        case PMAP_VIEW_RW:  return type | RW;
        case PMAP_DEVICE:   break;
    }

    return type | DEVICE;
}

void pmap_write (uint64_t *entry, uintptr_t va, uint64_t value)
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

bool pmap_apart (UNUSED uintptr_t va) { return false; }

/* Its stage 1 has no FEAT_LPA2 */
paddr_t pmap_end (void) { return MIN (phys_end(), BIT64 (48)); }

void pmap_guard (void)
{
    for (uintptr_t v = (uintptr_t)TEXT_START; v < (uintptr_t)TEXT_END; v += PAGE_SIZE)
        pt_image[ptab_index (v, 0)] |= GP;

    __asm__ volatile ("dsb ishst; tlbi alle2is; dsb ish; isb" : : : "memory");
}

struct cpu_local *pmap_cpu_create (cpu_t cpu)
{
    uint64_t *const l3 = buddy_alloc (0, BUDDY_ZERO), *l2, *l0;
    struct cpu_local *const local = pmap_cpu_tables (cpu, &l2, &l0);

    if (!l3 || !local || !pmap_pages (l0, CPU_STACK, STACK_PAGES) || !pmap_pages (l0, CPU_STACK_PANIC, 1))
        return NULL;

    l3[ptab_index (LINK_ADDR, 3)] = kmem_phys (l2) | PMAP_TABLE;

    local->arch.ttbr  = kmem_phys (l3);
    local->arch.below = l3[ptab_index (LINK_ADDR, 3)];

    return local;
}

/* To memory, for those who read it past the caches, too (Arm ARM, D7.5.9) */
void window_erase (paddr_t addr, size_t size)
{
    uintptr_t const at = pmap_window (WINDOW_ROOT, addr, size, PMAP_VIEW_RW);

    if (!at)
        return;

    memset ((void *)at, 0, size);

    for (uintptr_t a = align_dn (at, 16); a < at + size; a += 16)
        __asm__ volatile ("dc civac, %0" : : "r" (a) : "memory");

    dsb (sy);
    pmap_window (WINDOW_ROOT, addr, size, PMAP_VIEW);
}
