/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages and results of hypercalls. */
#include <isolation.h>

static void pages (void)
{
    uint64_t const *const w = (uint64_t const *) root.hip;
    unsigned high = 0;

    check_eq (iso_differ (w, (root.hip->length + 7) / 8, 512, 0), 0, "nothing is behind the HIP in its page");

    for (unsigned i = 0; i < 512; i++)
        high += kernel_address (w[i]);

    check_eq (high, 0, "the HIP holds no address of the kernel");
}

static void results (void)
{
    struct regs r;
    uint64_t const s = sel_alloc (0);
    unsigned const n = root.hip->int_msi ? root.hip->int_pin : root.hip->int_pin - 1u;     /* a message, or the last pin */

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + n, s, 0, PERM_MASK, 0));
    iso_regs_fill (&r, OURS);
    r.gpr[REG_P0] = hyp_id (HYPERCALL_assign_int, FLAG_INT_MASK) | s << 8;
    r.gpr[REG_P1] = root.hip->cpu_bsp;
    regs_syscall (&r);
    check_eq (r.gpr[REG_P0], STATUS_SUCCESS, "assign_int: status");
    check_eq (r.gpr[REG_P1] >> 32, 0, "assign_int: upper half of the address is 0");
    check_eq (r.gpr[REG_P2] >> 16, 0, "assign_int: bits 16 and up of the data are 0");
}

static struct test const test[] = { { "pages", pages }, { "results", results } };

TESTS ("isolation", test);
