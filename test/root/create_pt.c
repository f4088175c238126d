/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

static uint64_t const ip = UINT64_C (0x10000000);       /* never called                                         */

static enum status create (uint64_t sel, uint64_t pd, uint64_t ec) { return hyp_create_pt (sel, pd, ec, ip); }

static void nothing (void *arg) { (void) arg; }

static void success (void)
{
    struct thread const *const t = local_new (0);
    uint64_t const p = sel_alloc (0);

    check_status (create (p, sel_root_pd(), t->ec), STATUS_SUCCESS, "creates a portal");
    check (!cap_null (cap_with (p, PERM_PT_CTRL)), "its capability has permission CTRL");
    check (!cap_null (cap_with (p, PERM_PT_CALL)), "its capability has permission CALL");
    check (!cap_null (cap_with (p, PERM_PT_EVENT)), "its capability has permission EVENT");
    check (cap_null (cap_with (p, PERM_MASK & ~PERM_PT_ALL)), "its capability has no other permission");
    check_status (create (sel_alloc (0), sel_root_pd(), t->ec), STATUS_SUCCESS, "a second portal of the same EC");
}

static void bad_sel (void)
{
    uint64_t const ec = local_new (0)->ec, pd = sel_root_pd();

    check_status (create (sm_new (0), pd, ec), STATUS_BAD_CAP, "selector in use: BAD_CAP");
    check_status (create (beyond (sel_alloc (0)), pd, ec), STATUS_BAD_CAP, "selector beyond SELNUM: BAD_CAP");
}

static void bad_pd (void)
{
    uint64_t const s = sel_alloc (0), ec = local_new (0)->ec;

    check_status (create (s, sel_alloc (0), ec), STATUS_BAD_CAP, "owner is a null capability: BAD_CAP");
    check_status (create (s, wrong_cap(), ec), STATUS_BAD_CAP, "owner is a semaphore: BAD_CAP");
    check_status (create (s, beyond (sel_root_pd()), ec), STATUS_BAD_CAP, "owner beyond SELNUM: BAD_CAP");
    check_status (create (s, cap_with (sel_root_pd(), PERM_PD_ALL & ~PERM_PD_PT), ec), STATUS_BAD_CAP,
                  "owner without permission PT: BAD_CAP");
    check_status (create (sel_alloc (0), cap_with (sel_root_pd(), PERM_PD_PT), ec), STATUS_SUCCESS,
                  "permission PT is enough");
}

static void bad_ec (void)
{
    uint64_t const s = sel_alloc (0), pd = sel_root_pd(), ec = local_new (0)->ec;

    check_status (create (s, pd, sel_alloc (0)), STATUS_BAD_CAP, "EC is a null capability: BAD_CAP");
    check_status (create (s, pd, wrong_cap()), STATUS_BAD_CAP, "EC is a semaphore: BAD_CAP");
    check_status (create (s, pd, pd), STATUS_BAD_CAP, "EC is a PD: BAD_CAP");
    check_status (create (s, pd, beyond (ec)), STATUS_BAD_CAP, "EC beyond SELNUM: BAD_CAP");
    check_status (create (s, pd, cap_with (ec, PERM_EC_ALL & ~PERM_EC_BIND_PT)), STATUS_BAD_CAP,
                  "EC without permission BINDPT: BAD_CAP");
    check_status (create (s, pd, global_new (0, nothing, 0)->ec), STATUS_BAD_CAP, "global EC: BAD_CAP");
    check_status (create (sel_alloc (0), pd, cap_with (ec, PERM_EC_BIND_PT)), STATUS_SUCCESS,
                  "permission BINDPT is enough");
}

static struct test const test[] = {
    { "success", success }, { "bad_sel", bad_sel }, { "bad_pd", bad_pd }, { "bad_ec", bad_ec },
};

TESTS ("create_pt", test);
