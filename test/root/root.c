/* SPDX-License-Identifier: GPL-2.0-only */
/* What the root task is given (6.2.3). The runtime takes some capabilities, and this program creates more. */
#include <help.h>
#include <probe.h>
#include <server.h>

static uint64_t written = 1;
static uint64_t const constant = 1;

static void caps (void)
{
    uint64_t const s = sel_alloc (0);
    uint64_t t;

    check_status (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), sel_alloc (0), s, 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "NOVA object space: TAKE");
    check_status (hyp_ctrl_pd (sel_root_obj(), sel_nova_obj(), s, s, 0, PERM_MASK, 0), STATUS_BAD_CAP,
                  "NOVA object space: no GRANT");
    check_status (hyp_ctrl_pd (sel_root_obj(), sel_root_obj(), s, s, 0, PERM_MASK, 0), STATUS_SUCCESS,
                  "root object space: TAKE, GRANT");
    check (!cap_null (cap_with (sel_root_pd(), PERM_PD_PD)), "root PD: PD");
    check (!cap_null (cap_with (sel_root_pd(), PERM_PD_EC)), "root PD: EC");
    check (!cap_null (cap_with (sel_root_pd(), PERM_PD_SC)), "root PD: SC");
    check (!cap_null (cap_with (sel_root_pd(), PERM_PD_PT)), "root PD: PT");
    check (!cap_null (cap_with (sel_root_pd(), PERM_PD_SM)), "root PD: SM");
    check (!cap_null (cap_with (sel_root_ec(), PERM_EC_CTRL)), "root EC: CTRL");
    check (!cap_null (cap_with (sel_root_ec(), PERM_EC_BIND_PT)), "root EC: BINDPT");
    check (!cap_null (cap_with (sel_root_ec(), PERM_EC_BIND_SC)), "root EC: BINDSC");
    check_status (hyp_ctrl_sc (sel_root_sc(), &t), STATUS_SUCCESS, "root SC: CTRL");
    check_status (hyp_create_pt (s, sel_root_pd(), sel_root_ec(), 0), STATUS_BAD_CAP, "the root EC is a global one");
    check_status (hyp_create_sc (s, sel_root_pd(), sel_root_ec(), hyp_scd (1, 1, 0)), STATUS_ABORTED,
                  "the root EC has an SC");
    check (cap_null (root.hip->sel_num - 6), "nothing else: below the SC");
    check (cap_null (root.hip->sel_num / 4 * 3 - 1), "nothing else: in the middle");     /* this program got less far */
    check (cap_null (SEL_FREE - 1), "nothing else: at the lower end");
}

static void segments (void)
{
    uint64_t v;

    check (probe_read ((uintptr_t) server_page, &v), "code: readable");
    check (!probe_write ((uintptr_t) server_page, v), "code: not writable");
    check (probe_denied (PERM_MEM_W), "code: protection fault");
    check (probe_read ((uintptr_t) &constant, &v), "constants: readable");
    check (!probe_write ((uintptr_t) &constant, v), "constants: not writable");
    check (!probe_exec ((uintptr_t) &constant), "constants: not executable");
    check (probe_write ((uintptr_t) &written, 1), "data: writable");
    check (!probe_exec ((uintptr_t) &written), "data: not executable");
    check (probe_denied (PERM_MEM_XU), "data: protection fault, execute");
    check (!probe_read (0, &v), "nothing at 0");
    check (!probe_read (UINT64_C (0x0ffff000), &v), "nothing below the image");
    check (!probe_read ((uintptr_t) root.utcb - 4096, &v), "nothing below the UTCB");
}

static void pages (void)
{
    uint64_t v;

    check (probe_read ((uintptr_t) root.hip, &v), "HIP: readable");
    check (!probe_write ((uintptr_t) root.hip, v), "HIP: not writable");
    check (!probe_exec ((uintptr_t) root.hip), "HIP: not executable");
    check (probe_read ((uintptr_t) root.utcb, &v), "UTCB below it: readable");
    check (probe_write ((uintptr_t) root.utcb + 8 * 511, 0), "UTCB below it: writable");
    check (!probe_exec ((uintptr_t) root.utcb), "UTCB below it: not executable");
    check (!probe_read (UINT64_C (0xffff800000000000), &v), "kernel's half: not readable");
    check (!probe_read (UINT64_C (0xffffffff80000000), &v), "kernel image: not readable");
    check (!probe_write (UINT64_C (0xffffffff80100000), 0), "kernel image: not writable");
    check (!probe_exec (UINT64_C (0xffffffff80000000)), "kernel image: not executable");
    check (!probe_read (UINT64_C (0xffffffffc0000000), &v), "data of the CPU: not readable");
    check (probe_fpu() == false && probe_fault.vector == EVENT_NO_FPU, "an EC without FPU: an event");
}

static struct test const test[] = { { "caps", caps }, { "segments", segments }, { "pages", pages } };

TESTS ("root", test);
