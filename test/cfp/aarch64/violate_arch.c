/* SPDX-License-Identifier: GPL-2.0-only */
/* What breaks the rules of BTI and PAC, and those of memory that the user sees */
#include <violate.h>

#include <buddy.h>
#include <cfp.h>
#include <fdt.h>
#include <space_hst.h>
#include <window.h>

void no_pad (void);
void call_pad (void);
void signing_pad (void);
void violate_jump (void (*) (void));
void violate_jump_x9 (void (*) (void));
void violate_ret (void);
void violate_replay (void);
void violate_key (void);
void violate_tail (void);

static bool branch (void)
{
    void (* volatile f) (void) = no_pad;

    if (violate_is ("call"))
        f();
    else if (violate_is ("jump"))
        violate_jump (f);
    else if (violate_is ("jump-call"))                  /* by a register that tail calls do not use                 */
        violate_jump_x9 (call_pad);
    else if (violate_is ("jump-sign"))
        violate_jump_x9 (signing_pad);
    else
        return false;

    return true;
}

static bool ret (void)
{
    if (violate_is ("ret"))
        violate_ret();
    else if (violate_is ("replay"))
        violate_replay();
    else if (violate_is ("tail"))
        violate_tail();
    else if (cfp.ret && violate_is ("key"))
        violate_key();
    else
        return false;

    return true;
}

/* The seed of the keys, where the root task would find it */
static bool seed (paddr_t tree)
{
    struct fdt fdt;
    struct fdt_walk w;
    bool found = false;

    void const *const blob = violate_is ("seed") ? window_map (WINDOW_BOOT, tree, FDT_SIZE_MAX / 2) : NULL;

    if (!blob || !fdt_open (&fdt, blob, FDT_SIZE_MAX / 2) || !fdt_find (&w, &fdt, "/chosen"))
        return false;

    struct fdt_prop const p = fdt_prop (&w, "rng-seed");

    for (unsigned i = 0; i < p.size / 4; i++)
        found |= fdt_cell (p, i);

    return found;
}

/*
 * A page of the NOVA host space, which this CPU has loaded: nobody else is in it. The kernel must not read, write or execute what is
 * the user's, be it in the same tables (VHE: PAN, PXN) or in none of its own.
 */
static bool user (void)
{
    bool const run = violate_is ("user-exec");
    uint32_t *const page = buddy_alloc (0, BUDDY_ZERO);
    uintptr_t const at = 0x123000;
    bool flush = false;

    if (!page || !(run || violate_is ("user-read") || violate_is ("user-write")))
        return false;

    page[0] = 0xd65f03c0;                               /* RET                                                      */

    if (space_hst_update (&space_hst_nova, at, kmem_phys (page), 0, hpt_attr (PERM_MEM_R | (run ? PERM_MEM_XU : PERM_MEM_W), MAD_RAM),
                          &flush) != STATUS_SUCCESS)
        return false;

    __asm__ volatile ("dc civac, %0; dsb ish; ic ialluis; dsb ish; isb" : : "r" (page) : "memory");

    if (run)
        ((void (*) (void)) at)();
    else if (violate_is ("user-read"))
        return *(uint32_t volatile *)at == page[0];
    else
        *(uint32_t volatile *)at = 0;

    return true;
}

bool violate_arch (paddr_t tree) { return branch() || ret() || user() || seed (tree); }
