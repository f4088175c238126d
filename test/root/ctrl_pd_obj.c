/* SPDX-License-Identifier: GPL-2.0-only */
/* ctrl_pd between object spaces */
#include <help.h>
#include <server.h>

static enum status copy (uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm)
{
    return hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), ssb, dsb, ord, pmm, 0);
}

static void delegate (void)
{
    uint64_t const sm = sm_new (0), to = sel_alloc (0);

    check_status (copy (sm, to, 0, PERM_MASK), STATUS_SUCCESS, "copies a capability");
    check_status (hyp_sm_up (to), STATUS_SUCCESS, "which works");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "on the same object");
    check_status (copy (sel_alloc (0), to, 0, PERM_MASK), STATUS_SUCCESS, "copies a null capability");
    check (cap_null (to), "which replaces what was there");
    check_status (hyp_sm_up (sm), STATUS_SUCCESS, "the source stays");
}

static void mask (void)
{
    uint64_t const sm = sm_new (2), up = cap_with (sm, PERM_SM_UP), dn = cap_with (sm, PERM_SM_DN);

    check_status (hyp_sm_up (up), STATUS_SUCCESS, "a permission in the mask stays");
    check_status (hyp_sm_down (up, 1), STATUS_BAD_CAP, "a permission not in the mask goes");
    check_status (hyp_sm_down (dn, 1), STATUS_SUCCESS, "the other permission stays");
    check_status (hyp_sm_up (dn), STATUS_BAD_CAP, "the other permission goes");
    check_status (hyp_sm_down (cap_with (up, PERM_MASK), 1), STATUS_BAD_CAP, "what is gone does not come back");
    check (cap_null (cap_with (up, PERM_SM_DN)), "no permission left: null capability");
    check (cap_null (cap_with (sm, 0)), "mask 0: null capability");
    check (cap_null (cap_with (sm, 1 << 2 | 1 << 3)), "undefined permissions only: null capability");
    check_status (copy (sm, sm, 0, PERM_SM_DN), STATUS_SUCCESS, "a copy to itself");
    check_status (hyp_sm_up (sm), STATUS_BAD_CAP, "takes permissions away");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "and leaves the others");
    check_status (copy (sm, sm, 0, 0), STATUS_SUCCESS, "a copy to itself with mask 0");
    check (cap_null (sm), "revokes");
}

static void order (void)
{
    uint64_t const from = sel_alloc (4), to = sel_alloc (4), behind = sel_alloc (0);

    for (unsigned i = 0; i < 16; i += 2)
        NEED (hyp_create_sm (from + i, sel_root_pd(), i));

    NEED (hyp_create_sm (to + 3, sel_root_pd(), 0));
    NEED (hyp_create_sm (behind, sel_root_pd(), 0));
    check_status (copy (from, to, 4, PERM_MASK), STATUS_SUCCESS, "copies 16 capabilities");

    unsigned good = 0;

    for (unsigned i = 0; i < 16; i++)
        good += (hyp_sm_up (to + i) == STATUS_SUCCESS) == !(i & 1);

    check_eq (good, 16, "each of them, null capabilities, too");
    check_status (hyp_sm_up (behind), STATUS_SUCCESS, "and none behind");
    check_status (sel_revoke (to, 3), STATUS_SUCCESS, "revokes 8 of them");

    good = 0;

    for (unsigned i = 0; i < 16; i++)
        good += (hyp_sm_up (to + i) == STATUS_SUCCESS) == (i >= 8 && !(i & 1));

    check_eq (good, 16, "and none of the others");
    check_status (copy (from, to, 3, PERM_MASK), STATUS_SUCCESS, "order 3 at an aligned half");
    check_status (hyp_sm_up (to + 6), STATUS_SUCCESS, "works");
    check_status (copy (from + 2, to, 1, PERM_MASK), STATUS_SUCCESS, "order 1");
    check_status (hyp_sm_down (to, 1), STATUS_SUCCESS, "replaces a capability by another one");
}

static void large (void)
{
    uint64_t const from = sel_alloc (10), to = sel_alloc (10);

    for (unsigned i = 0; i < 1024; i += 341)
        NEED (hyp_create_sm (from + i, sel_root_pd(), 0));

    check_status (copy (from, to, 10, PERM_SM_UP), STATUS_SUCCESS, "copies 1024 capabilities");
    check (hyp_sm_up (to) == STATUS_SUCCESS && hyp_sm_up (to + 341) == STATUS_SUCCESS && hyp_sm_up (to + 682) == STATUS_SUCCESS &&
           hyp_sm_up (to + 1023) == STATUS_SUCCESS, "among them all that there are");
    check (cap_null (to + 1) && cap_null (to + 512) && cap_null (to + 1022), "and no others");
    check_status (hyp_sm_down (to + 682, 1), STATUS_BAD_CAP, "with the mask");
    check_ge (root.hip->mco_obj, 1, "the HIP tells an order without partial failure");
}

static void bad_par (void)
{
    uint64_t const s = sel_alloc (4), n = root.hip->sel_num;

    check_status (copy (s + 1, s, 1, 0), STATUS_BAD_PAR, "source not aligned to the order: BAD_PAR");
    check_status (copy (s, s + 1, 1, 0), STATUS_BAD_PAR, "destination not aligned to the order: BAD_PAR");
    check_status (copy (s + 8, s, 4, 0), STATUS_BAD_PAR, "source aligned to half the order: BAD_PAR");
    check_status (copy (n, s, 0, 0), STATUS_BAD_PAR, "source SELNUM: BAD_PAR");
    check_status (copy (s, n, 0, 0), STATUS_BAD_PAR, "destination SELNUM: BAD_PAR");
    check_status (copy (0, 0, 31, 0), STATUS_BAD_PAR, "order 31: BAD_PAR");
    check_status (copy (~UINT64_C (0) >> 12, s, 0, 0), STATUS_BAD_PAR, "largest source selector: BAD_PAR");
    check_status (copy (s, ~UINT64_C (0) >> 12, 0, 0), STATUS_BAD_PAR, "largest destination selector: BAD_PAR");
    check_status (copy (beyond (sel_root_pd()), s, 0, PERM_MASK), STATUS_BAD_PAR, "source beyond SELNUM: BAD_PAR");
}

static void bad_cap (void)
{
    uint64_t const s = sel_alloc (0), obj = sel_root_obj(), null = sel_alloc (0), sm = sm_new (0);

#define CTRL(src, dst) hyp_ctrl_pd (src, dst, sm, s, 0, PERM_MASK, 0)
    check_status (CTRL (null, obj), STATUS_BAD_CAP, "source is a null capability: BAD_CAP");
    check_status (CTRL (obj, null), STATUS_BAD_CAP, "destination is a null capability: BAD_CAP");
    check_status (CTRL (sm, obj), STATUS_BAD_CAP, "source is a semaphore: BAD_CAP");
    check_status (CTRL (obj, sm), STATUS_BAD_CAP, "destination is a semaphore: BAD_CAP");
    check_status (CTRL (sel_root_pd(), obj), STATUS_BAD_CAP, "source is a PD: BAD_CAP");
    check_status (CTRL (obj, sel_root_pd()), STATUS_BAD_CAP, "destination is a PD: BAD_CAP");
    check_status (CTRL (SEL_ROOT_HST, obj), STATUS_BAD_CAP, "from a host space: BAD_CAP");
    check_status (CTRL (obj, SEL_ROOT_HST), STATUS_BAD_CAP, "to a host space: BAD_CAP");
    check_status (CTRL (SEL_ROOT_PIO, obj), STATUS_BAD_CAP, "from a PIO space: BAD_CAP");
    check_status (CTRL (obj, SEL_ROOT_PIO), STATUS_BAD_CAP, "to a PIO space: BAD_CAP");
    check_status (CTRL (cap_with (obj, PERM_SP_GRANT), obj), STATUS_BAD_CAP, "source without permission TAKE: BAD_CAP");
    check_status (CTRL (obj, cap_with (obj, PERM_SP_TAKE)), STATUS_BAD_CAP,
                  "destination without permission GRANT: BAD_CAP");
    check_status (CTRL (obj, sel_nova_obj()), STATUS_BAD_CAP, "to the NOVA object space: BAD_CAP");
    check (cap_null (s), "none of these copied");
    check_status (CTRL (cap_with (obj, PERM_SP_TAKE), cap_with (obj, PERM_SP_GRANT)), STATUS_SUCCESS,
                  "TAKE and GRANT are enough");
    check (!cap_null (s), "and copy");
    check_status (CTRL (beyond (obj), obj), STATUS_BAD_CAP, "source space beyond SELNUM: BAD_CAP");
#undef CTRL
}

/* Into another PD, where an EC uses it, and back */
static void other (void)
{
    struct domain d;
    uint64_t const sm = sm_new (0), back = sel_alloc (0), pt = sel_alloc (0), page = (uintptr_t) server_page >> 12;
    uint32_t mtd = mtd_words (1);

    domain_new (&d);
    check_status (hyp_ctrl_pd (sel_root_obj(), d.obj, sm, 7, 0, PERM_SM_UP, 0), STATUS_SUCCESS, "copies to another PD");
    check_status (hyp_ctrl_pd (d.obj, sel_root_obj(), 7, back, 0, PERM_MASK, 0), STATUS_SUCCESS, "and back");
    check_status (hyp_sm_up (back), STATUS_SUCCESS, "works");
    check_status (hyp_sm_down (back, 1), STATUS_BAD_CAP, "with the permissions that were left");
    check_status (hyp_sm_down (sm, 1), STATUS_SUCCESS, "the same object");
    check_status (hyp_ctrl_pd (d.obj, sel_root_obj(), 8, back, 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "takes a null capability there");
    check (cap_null (back), "nothing else is there");

    uint64_t const ec = local_bare (d.pd, 0);

    NEED (hyp_ctrl_pd (SEL_ROOT_HST, d.hst, page, page, 0, PERM_MEM_R | PERM_MEM_XU, 0));
    NEED (hyp_create_pt (pt, sel_root_pd(), ec, (uintptr_t) server_add));
    worker->utcb->word[0] = 41;
    check_status (hyp_ipc_call (pt, &mtd), STATUS_SUCCESS, "a server in that PD");
    check_eq (worker->utcb->word[0], 42, "answers");
}

static void nova_space (void)
{
    uint64_t const s = sel_alloc (0), n = root.hip->sel_num;

    check_status (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), n - NOVA_SEL_NOVA_OBJ, s, 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "takes the NOVA object space from itself");
    check_status (hyp_ctrl_pd (s, sel_root_obj(), n - NOVA_SEL_ROOT_OBJ, s, 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "and through it the root object space");
    check_status (hyp_ctrl_pd (s, s, sel_root_pd(), sel_alloc (0), 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "with all permissions");
    check (cap_null (cap_with (SEL_NOVA_HST, PERM_MASK & ~PERM_SP_TAKE)), "NOVA host space: TAKE only");
    check (cap_null (cap_with (sel_nova_obj(), PERM_MASK & ~PERM_SP_TAKE)), "NOVA object space: TAKE only");
    check (!cap_null (SEL_CONSOLE_SM), "console semaphore");

    if (HAS_PORTS) {
        check (cap_null (cap_with (SEL_NOVA_PIO, PERM_MASK & ~PERM_SP_TAKE)), "NOVA PIO space: TAKE only");
        check (!cap_null (cap_with (SEL_ROOT_PIO, PERM_SP_ASSIGN)), "root PIO space: ASSIGN");
    } else
        check (cap_null (SEL_NOVA_PIO) && cap_null (SEL_ROOT_PIO) && cap_null (SEL_NOVA_MSR), "there are no PIO and MSR spaces");
}

static struct test const test[] = {
    { "delegate", delegate }, { "mask", mask }, { "order", order }, { "large", large }, { "bad_par", bad_par }, { "bad_cap", bad_cap },
    { "other", other }, { "nova_space", nova_space },
};

TESTS ("ctrl_pd_obj", test);
