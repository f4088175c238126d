/* SPDX-License-Identifier: GPL-2.0-only */
/* What breaks the rules of BTI and PAC */
#include <violate.h>

#include <cfp.h>
#include <fdt.h>
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

bool violate_arch (paddr_t tree) { return branch() || ret() || seed (tree); }
