/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

static void success (void)
{
    uint64_t const sm = sel_alloc (0);

    check_status (hyp_create_sm (sm, sel_root_pd(), 0), STATUS_SUCCESS, "creates a semaphore");
    check_status (hyp_sm_up (sm), STATUS_SUCCESS, "its capability may up");
    check_status (hyp_sm_down (sm, 0), STATUS_SUCCESS, "its capability may down");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "a counter of 0 has nothing to take after up and down");
}

static void counter (void)
{
    uint64_t const sm = sm_new (3);

    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "initial counter 3: first down");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "initial counter 3: second down");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "initial counter 3: third down");
    check_status (hyp_sm_down (sm, 1), STATUS_TIMEOUT, "initial counter 3: fourth down");
    check_status (hyp_sm_down (sm_new (UINT64_C (1) << 63), 1), STATUS_SUCCESS, "initial counter 2^63");
}

static void perm_assign (void)
{
    uint64_t const sm = cap_with (sm_new (0), PERM_SM_ASSIGN);
    uint32_t addr;
    uint16_t data;

    check (cap_null (sm), "an ordinary semaphore has no permission ASSIGN");
    check_status (hyp_assign_int (FLAG_INT_MASK, sm, 0, 0, &addr, &data), STATUS_BAD_CAP, "so assign_int fails");
}

static void bad_sel (void)
{
    uint64_t const sm = sm_new (1);

    check_status (hyp_create_sm (sm, sel_root_pd(), 0), STATUS_BAD_CAP, "selector in use: BAD_CAP");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "selector in use: the old semaphore is untouched");
    check_status (hyp_create_sm (root.hip->sel_num, sel_root_pd(), 0), STATUS_BAD_CAP, "selector SELNUM: BAD_CAP");
    check_status (hyp_create_sm (beyond (sel_alloc (0)), sel_root_pd(), 0), STATUS_BAD_CAP,
                  "selector beyond SELNUM: BAD_CAP");
    check_status (hyp_create_sm (~UINT64_C (0) >> 8, sel_root_pd(), 0), STATUS_BAD_CAP, "largest selector: BAD_CAP");
}

static void bad_pd (void)
{
    uint64_t const s = sel_alloc (0);

    check_status (hyp_create_sm (s, sel_alloc (0), 0), STATUS_BAD_CAP, "owner is a null capability: BAD_CAP");
    check_status (hyp_create_sm (s, wrong_cap(), 0), STATUS_BAD_CAP, "owner is a semaphore: BAD_CAP");
    check_status (hyp_create_sm (s, sel_root_obj(), 0), STATUS_BAD_CAP, "owner is an object space: BAD_CAP");
    check_status (hyp_create_sm (s, beyond (sel_root_pd()), 0), STATUS_BAD_CAP, "owner beyond SELNUM: BAD_CAP");
    check_status (hyp_create_sm (s, ~UINT64_C (0), 0), STATUS_BAD_CAP, "owner ~0: BAD_CAP");
    check_status (hyp_create_sm (s, cap_with (sel_root_pd(), PERM_PD_ALL & ~PERM_PD_SM), 0), STATUS_BAD_CAP,
                  "owner without permission SM: BAD_CAP");
    check_status (hyp_create_sm (sel_alloc (0), cap_with (sel_root_pd(), PERM_PD_SM), 0), STATUS_SUCCESS,
                  "permission SM is enough");
}

static struct test const test[] = {
    { "success", success }, { "counter", counter }, { "perm_assign", perm_assign }, { "bad_sel", bad_sel }, { "bad_pd", bad_pd },
};

TESTS ("create_sm", test);
