/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrl_hw; what would end the machine is not tried */
#include <help.h>
#include <child.h>
#include <machine.h>

static void bad_op (void)
{
    static char const *const text[] = { "operation 1: BAD_PAR", "operation 2: BAD_PAR", "operation 3: BAD_PAR", "", "", "", "",
        "operation 8: BAD_PAR", "operation 9: BAD_PAR", "operation 10: BAD_PAR", "operation 11: BAD_PAR", "operation 12: BAD_PAR",
        "operation 13: BAD_PAR", "operation 14: BAD_PAR", "operation 15: BAD_PAR" };

    for (unsigned op = 1; op < 16; op++)
        if (op < CTRL_HW_QOS || op > CTRL_HW_MBA)
            check_status (hyp_ctrl_hw (op, 0), STATUS_BAD_PAR, text[op - 1]);
}

static void qos (void)
{
    bool const has = machine_cos();

    check_status (hyp_ctrl_hw (CTRL_HW_L3, 0), has ? STATUS_ABORTED : STATUS_BAD_FTR,
                  "L3 capacity: BAD_FTR, or ABORTED without configuration");
    check_status (hyp_ctrl_hw (CTRL_HW_L2, 0), has ? STATUS_ABORTED : STATUS_BAD_FTR,
                  "L2 capacity: BAD_FTR, or ABORTED without configuration");
    check_status (hyp_ctrl_hw (CTRL_HW_MBA, 0), has ? STATUS_ABORTED : STATUS_BAD_FTR,
                  "MBA: BAD_FTR, or ABORTED without configuration");

    if (!has) {
        check_status (hyp_ctrl_hw (CTRL_HW_QOS, 0), STATUS_BAD_FTR, "QOS configuration: BAD_FTR");
        check_status (hyp_ctrl_hw (CTRL_HW_QOS, 3), STATUS_BAD_FTR, "QOS configuration with CDP: BAD_FTR");
    }
}

static void sleep (void)
{
    static struct { uint64_t desc; char const *text; } const state[] = {
        { 0, "S0: not SUCCESS" }, { 6, "S6: not SUCCESS" }, { 2, "S2, which this machine lacks: not SUCCESS" },
    };

    for (size_t i = 0; i < sizeof (state) / sizeof (state[0]); i++) {
        enum status const s = hyp_ctrl_hw (CTRL_HW_SLEEP, state[i].desc);
        check (s == STATUS_BAD_PAR || s == STATUS_BAD_FTR, state[i].text);
    }
}

static void other_pd (void)
{
    struct child c;

    child_new (&c);
    check_status (child_call (&c, hyp_id (HYPERCALL_ctrl_hw, CTRL_HW_QOS), 0, 0), STATUS_BAD_HYP,
                  "from another PD than root: BAD_HYP");
    check_status (child_call (&c, hyp_id (HYPERCALL_ctrl_hw, 15), 0, 0), STATUS_BAD_HYP, "invalid operation, too");
    check_status (child_call (&c, hyp_id (HYPERCALL_reserved, 0), 0, 0), STATUS_BAD_HYP, "hypercall 0xf: BAD_HYP");
    check_status (child_call (&c, hyp_id (HYPERCALL_create_sm, 0) | 5 << 8, 6, 0), STATUS_BAD_CAP,
                  "create_sm in an empty object space: BAD_CAP");
    NEED (hyp_ctrl_pd (sel_root_obj(), c.domain.obj, c.domain.pd, 6, 0, PERM_PD_SM, 0));
    check_status (child_call (&c, hyp_id (HYPERCALL_create_sm, 0) | 5 << 8, 6, 0), STATUS_SUCCESS,
                  "create_sm with a capability");
    check_status (child_call (&c, hyp_id (HYPERCALL_ctrl_sm, 0) | 5 << 8, 0, 0), STATUS_SUCCESS,
                  "the semaphore is in its own object space");
}

static void reserved (void)
{
    for (unsigned f = 0; f < 16; f += 5)
        check_status (hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_reserved, f) })), STATUS_BAD_HYP,
                      "hypercall 0xf: BAD_HYP");
}

static struct test const test[] = {
    { "bad_op", bad_op }, { "qos", qos }, { "sleep", sleep }, { "other_pd", other_pd }, { "reserved", reserved },
};

TESTS ("ctrl_hw", test);
