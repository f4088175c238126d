/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

static uint64_t scd (void) { return hyp_scd (10, PRIO_LOW, 0); }

static void flag (void *arg) { *(bool volatile *) arg = true; }

static struct thread *idle (void) { static bool volatile b; return global_new (0, flag, (void *) (uintptr_t) &b); }

static void success (void)
{
    bool volatile ran = false;
    struct thread const *const t = global_new (0, flag, (void *) (uintptr_t) &ran);
    uint64_t const sc = sel_alloc (0);

    sleep_ms (1);
    check (!ran, "a global EC does not run without SC");
    check_status (hyp_create_sc (sc, sel_root_pd(), t->ec, scd()), STATUS_SUCCESS, "creates a scheduling context");
    check (!ran, "one of lower priority does not run at once");
    sleep_ms (1);
    check (ran, "it runs when the creator blocks");
    check (!cap_null (cap_with (sc, PERM_SC_CTRL)), "its capability has permission CTRL");
    check (cap_null (cap_with (sc, PERM_MASK & ~PERM_SC_ALL)), "its capability has no other permission");
}

static void twice (void)
{
    struct thread const *const t = idle();

    NEED (hyp_create_sc (sel_alloc (0), sel_root_pd(), t->ec, scd()));
    check_status (hyp_create_sc (sel_alloc (0), sel_root_pd(), t->ec, scd()), STATUS_ABORTED,
                  "a second SC for one EC: ABORTED");
}

static void bad_scd (void)
{
    uint64_t const s = sel_alloc (0), ec = idle()->ec, pd = sel_root_pd();

    check_status (hyp_create_sc (s, pd, ec, hyp_scd (0, 1, 0)), STATUS_BAD_PAR, "budget 0: BAD_PAR");
    check_status (hyp_create_sc (s, pd, ec, hyp_scd (1, 0, 0)), STATUS_BAD_PAR, "priority 0: BAD_PAR");
    check_status (hyp_create_sc (s, pd, ec, hyp_scd (1, 1, 0xffff)), STATUS_BAD_PAR,
                  "class of service 0xffff: BAD_PAR");
    check_status (hyp_create_sc (s, pd, ec, hyp_scd (0xffff, 1, 0)), STATUS_SUCCESS, "largest budget");
    check_status (hyp_create_sc (sel_alloc (0), pd, idle()->ec, hyp_scd (1, 1, 0)), STATUS_SUCCESS,
                  "smallest budget and priority");
    check_status (hyp_create_sc (sel_alloc (0), pd, idle()->ec, hyp_scd (1, 127, 0)), STATUS_SUCCESS,
                  "largest priority");
}

static void bad_sel (void)
{
    uint64_t const ec = idle()->ec, pd = sel_root_pd();

    check_status (hyp_create_sc (sm_new (0), pd, ec, scd()), STATUS_BAD_CAP, "selector in use: BAD_CAP");
    check_status (hyp_create_sc (beyond (sel_alloc (0)), pd, idle()->ec, scd()), STATUS_BAD_CAP,
                  "selector beyond SELNUM: BAD_CAP");
    check_status (hyp_create_sc (sel_alloc (0), pd, ec, scd()), STATUS_SUCCESS, "the failures left no SC with the EC");
}

static void bad_pd (void)
{
    uint64_t const s = sel_alloc (0), ec = idle()->ec;

    check_status (hyp_create_sc (s, sel_alloc (0), ec, scd()), STATUS_BAD_CAP, "owner is a null capability: BAD_CAP");
    check_status (hyp_create_sc (s, wrong_cap(), ec, scd()), STATUS_BAD_CAP, "owner is a semaphore: BAD_CAP");
    check_status (hyp_create_sc (s, cap_with (sel_root_pd(), PERM_PD_ALL & ~PERM_PD_SC), ec, scd()), STATUS_BAD_CAP,
                  "owner without permission SC: BAD_CAP");
    check_status (hyp_create_sc (sel_alloc (0), cap_with (sel_root_pd(), PERM_PD_SC), ec, scd()), STATUS_SUCCESS,
                  "permission SC is enough");
}

static void bad_ec (void)
{
    uint64_t const s = sel_alloc (0), pd = sel_root_pd(), ec = idle()->ec;

    check_status (hyp_create_sc (s, pd, sel_alloc (0), scd()), STATUS_BAD_CAP, "EC is a null capability: BAD_CAP");
    check_status (hyp_create_sc (s, pd, wrong_cap(), scd()), STATUS_BAD_CAP, "EC is a semaphore: BAD_CAP");
    check_status (hyp_create_sc (s, pd, cap_with (ec, PERM_EC_ALL & ~PERM_EC_BIND_SC), scd()), STATUS_BAD_CAP,
                  "EC without permission BINDSC: BAD_CAP");
    check_status (hyp_create_sc (s, pd, local_new (0)->ec, scd()), STATUS_BAD_CAP, "local EC: BAD_CAP");
    check_status (hyp_create_sc (sel_alloc (0), pd, cap_with (ec, PERM_EC_BIND_SC), scd()), STATUS_SUCCESS,
                  "permission BINDSC is enough");
}

static struct test const test[] = {
    { "success", success }, { "twice", twice }, { "bad_scd", bad_scd }, { "bad_sel", bad_sel }, { "bad_pd", bad_pd },
    { "bad_ec", bad_ec },
};

TESTS ("create_sc", test);
