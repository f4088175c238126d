/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Descriptors of user memory in the two formats of the 4 KiB granule, stage 1 and stage 2 (Arm ARM, D8.3). Where their bits lie is the
 * same, what they mean is not: a format is a table of permissions and a table of memory types.
 *
 * What was delegated is exact in bits that the CPU ignores (58...55); what the CPU allows follows from it, as near as the format gets.
 * A page of the kernel that the user sees has none of them: it can be used, and never delegated.
 */
#pragma once

#include <abi/mad_arch.h>
#include <abi/perm.h>
#include <base/macros.h>
#include <cpu_local.h>
#include <cpuset.h>
#include <ptab.h>

#define DESC_P          BIT64 (0)
#define DESC_T          BIT64 (1)                       /* level above 0: table; level 0: always set                */
#define DESC_TYPE_SHIFT 2                               /* stage 2: memory type, 4 bits; stage 1: index of MAIR, 3 bits */
#define DESC_AP_SHIFT   6                               /* AP[2:1] or S2AP, 2 bits                                  */
#define DESC_SH_SHIFT   8                               /* shareability, 2 bits                                     */
#define DESC_SH         (UINT64_C (3) << DESC_SH_SHIFT)
#define DESC_OA_HIGH    50                              /* of an address of FEAT_LPA2                               */
#define DESC_A          BIT64 (10)                      /* set from the start: no access-flag faults                */
#define DESC_XN_SHIFT   53                              /* PXN and UXN, or XN[1:0], 2 bits                          */
#define DESC_PERM_SHIFT 55                              /* PERM_MEM_*, 4 bits                                       */
#define DESC_OWNER_HIGH 50                              /* broken: CPU, bits 5 and 4                                */
#define DESC_OWNER_LOW  59                              /* ..., bits 3 to 0                                         */
#define DESC_BROKEN     BIT64 (63)                      /* invalid for the CPU: what was there is being replaced    */
#define DESC_ADDR       UINT64_C (0x0003fffffffff000)   /* with FEAT_LPA2, bits 51 and 50 are where DESC_SH is      */
#define DESC_TABLE      (DESC_P | DESC_T)
#define DESC_LEAF       (DESC_P | DESC_T | DESC_A)

/* Of a broken entry alone. The CPU ignores all bits of an invalid one but bit 0 (D8.3.1) */
#define DESC_BREAK      (DESC_BROKEN | UINT64_C (15) << DESC_OWNER_LOW | UINT64_C (3) << DESC_OWNER_HIGH)

#define DESC_PERMS      (PERM_MEM_R | PERM_MEM_W | PERM_MEM_XU | PERM_MEM_XS)
#define DESC_PERM_MASK  (UINT64_C (3) << DESC_AP_SHIFT | UINT64_C (3) << DESC_XN_SHIFT | (uint64_t)DESC_PERMS << DESC_PERM_SHIFT)

struct desc_format {
    uint64_t perm[DESC_PERMS + 1];                      /* bits of DESC_PERM_MASK for the permissions that are the index */
    uint64_t type[MAD_CA_MASK + 1];                     /* all others of a leaf, but the shareability, by cacheability  */
    uint64_t share;                                     /* DESC_SH, or 0: a leaf has none, but an address of 52 bits (FEAT_LPA2) */
};

static inline unsigned desc_perm (uint64_t attr) { return attr >> DESC_PERM_SHIFT & DESC_PERMS; }

static inline bool desc_kernel (uint64_t attr) { return attr && !desc_perm (attr); }

/* Attributes of a leaf of level 0; 0: no permission */
static inline uint64_t desc_attr (struct desc_format const *f, unsigned perm, uint32_t mad)
{
    perm &= DESC_PERMS;

    return perm ? f->perm[perm] | f->type[mad_ca (mad)] | ((uint64_t)mad_sh (mad) << DESC_SH_SHIFT & f->share) : 0;
}

static inline uint64_t desc_restrict (struct desc_format const *f, uint64_t attr, unsigned pmm)
{
    unsigned const perm = desc_perm (attr) & pmm;

    return perm ? (attr & ~DESC_PERM_MASK) | f->perm[perm] : 0;
}

/* To the core, bits 51 and 50 of an address are attributes: they are the same in all of an area that it handles at once. */
static inline void desc_fold (paddr_t *pa, uint64_t *attr)
{
    if (UNLIKELY (*pa >> DESC_OA_HIGH)) {
        *attr |= *pa >> DESC_OA_HIGH << DESC_SH_SHIFT;
        *pa   &= BIT64 (DESC_OA_HIGH) - 1;
    }
}

/* And back: returns the attributes alone */
static inline uint64_t desc_unfold (struct desc_format const *f, paddr_t *pa, uint64_t attr)
{
    if (LIKELY (f->share))
        return attr;

    *pa |= (attr & DESC_SH) << (DESC_OA_HIGH - DESC_SH_SHIFT);

    return attr & ~DESC_SH;
}

/* Both formats number their types so that this is the way back */
static inline uint32_t desc_mad (uint64_t attr)
{
    unsigned const type = attr >> DESC_TYPE_SHIFT & 0xf, sh = attr >> DESC_SH_SHIFT & 3;

    return (type & 0xc ? 4 | (type & 3) : type) | sh << MAD_SH_SHIFT;
}

/* Of struct ptab_fmt */
static inline enum pte_kind desc_kind (uint64_t pte, unsigned level)
{
    return !(pte & (DESC_P | DESC_BROKEN)) ? PTE_HOLE : level == 0 || !(pte & DESC_T) ? PTE_LEAF : PTE_TABLE;
}

static inline uint64_t desc_leaf (uint64_t attr, unsigned level)   { return level ? attr & ~DESC_T : attr; }

static inline uint64_t desc_of_leaf (uint64_t pte, unsigned level)
{
    (void)level;

    return (pte & ~(DESC_ADDR | DESC_BREAK)) | DESC_P | DESC_T;
}

static inline uint64_t desc_broken (uint64_t pte)
{
    uint64_t const cpu = cpu_local.id;

    return (pte & ~DESC_P) | DESC_BROKEN | (cpu & 15) << DESC_OWNER_LOW | cpu >> 4 << DESC_OWNER_HIGH;
}

static inline bool desc_is_broken (uint64_t pte) { return pte & DESC_BROKEN; }

/* Permissions may change at once, and what the CPU ignores; the list of D8.16.1 has type, shareability, output address and size */
static inline bool desc_direct (uint64_t old, uint64_t pte) { return !((old ^ pte) & ~DESC_PERM_MASK); }

STATIC_ASSERT (CPU_MAX <= 64);
