/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>
#include <server.h>

static void success (void)
{
    uint64_t const ec = local_bare (sel_root_pd(), 0);
    uint64_t const p = sel_alloc (0);
    uint32_t mtd = mtd_words (1);

    NEED (hyp_create_pt (p, sel_root_pd(), ec, (uintptr_t) server_tell));
    NEED (hyp_ipc_call (p, &mtd));
    check_eq (worker->utcb->word[0], 0, "the PID is 0 at first");
    check_status (hyp_ctrl_pt (p, UINT64_C (0x8123456789abcdef), ~0u), STATUS_SUCCESS, "sets a portal identifier");
    mtd = mtd_words (1);
    NEED (hyp_ipc_call (p, &mtd));
    check_eq (worker->utcb->word[0], UINT64_C (0x8123456789abcdef), "the next call hands over all its bits");
    check_eq (worker->utcb->word[1], mtd_words (1), "the portal's MTD is not for ipc_call");

    uint64_t const copy = cap_with (p, PERM_PT_CTRL);

    check_status (hyp_ctrl_pt (copy, 1, 0), STATUS_SUCCESS, "permission CTRL is enough");
    NEED (hyp_ipc_call (p, &mtd));
    check_eq (worker->utcb->word[0], 1, "all capabilities refer to one portal");
}

static void bad_cap (void)
{
    uint64_t const ec = local_bare (sel_root_pd(), 0);
    uint64_t const p = sel_alloc (0);
    uint32_t mtd = mtd_words (1);

    NEED (hyp_create_pt (p, sel_root_pd(), ec, (uintptr_t) server_tell));
    check_status (hyp_ctrl_pt (sel_alloc (0), 1, 1), STATUS_BAD_CAP, "null capability: BAD_CAP");
    check_status (hyp_ctrl_pt (wrong_cap(), 1, 1), STATUS_BAD_CAP, "semaphore: BAD_CAP");
    check_status (hyp_ctrl_pt (ec, 1, 1), STATUS_BAD_CAP, "EC: BAD_CAP");
    check_status (hyp_ctrl_pt (cap_with (p, PERM_PT_ALL & ~PERM_PT_CTRL), 1, 1), STATUS_BAD_CAP,
                  "portal without permission CTRL: BAD_CAP");
    NEED (hyp_ipc_call (p, &mtd));
    check_eq (worker->utcb->word[0], 0, "the failures changed nothing");
    check_status (hyp_ctrl_pt (beyond (p), 1, 1), STATUS_BAD_CAP, "selector beyond SELNUM: BAD_CAP");
}

static struct test const test[] = { { "success", success }, { "bad_cap", bad_cap } };

TESTS ("ctrl_pt", test);
