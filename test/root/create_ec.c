/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>
#include <mem.h>
#include <probe.h>

static enum status create (unsigned flags, uint64_t sel, uint64_t pd, uint64_t hvp, unsigned cpu)
{
    return hyp_create_ec (flags, sel, pd, hvp, cpu, 0, 0);
}

static uint64_t page (void) { return mem_window (1, 0) >> 12; }

static void success (void)
{
    uint64_t const ec = sel_alloc (0), hvp = page();
    unsigned const cpu = root.hip->cpu_bsp;
    uint64_t v = 1, sum = 0;

    check (!probe_read (hvp << 12, &v), "nothing is mapped where the UTCB will be");
    check_status (create (0, ec, sel_root_pd(), hvp, cpu), STATUS_SUCCESS, "creates a local EC");
    check (probe_read (hvp << 12, &v), "its UTCB can be read");

    for (unsigned i = 0; i < UTCB_WORDS && probe_read ((hvp << 12) + 8 * i, &v); i++)
        sum |= v;

    check_eq (sum, 0, "its UTCB is clear");
    check (probe_write (hvp << 12, 1), "its UTCB can be written");
    check (!probe_exec (hvp << 12), "its UTCB cannot be executed");
    check (!cap_null (cap_with (ec, PERM_EC_CTRL)), "its capability has permission CTRL");
    check (!cap_null (cap_with (ec, PERM_EC_BIND_PT)), "its capability has permission BINDPT");
    check (!cap_null (cap_with (ec, PERM_EC_BIND_SC)), "its capability has permission BINDSC");
    check (cap_null (cap_with (ec, PERM_MASK & ~PERM_EC_ALL)), "its capability has no other permission");
    check_status (create (FLAG_EC_GLOBAL, sel_alloc (0), sel_root_pd(), page(), cpu), STATUS_SUCCESS,
                  "creates a global EC");
    check_status (create (FLAG_EC_FPU, sel_alloc (0), sel_root_pd(), page(), cpu), STATUS_SUCCESS,
                  "creates an EC with FPU");
}

static void guest (void)
{
    enum status const s = create (FLAG_EC_GUEST, sel_alloc (0), sel_root_pd(), page(), root.hip->cpu_bsp);

    if (HAS_GUESTS)
        check_status (s, root.hip->features & HAS_GUESTS ? STATUS_SUCCESS : STATUS_BAD_FTR, "virtual CPU: as the HIP says");
    else
        check (s == STATUS_SUCCESS || s == STATUS_BAD_FTR, "virtual CPU: SUCCESS or BAD_FTR");
}

static void bad_cpu (void)
{
    uint64_t const s = sel_alloc (0);

    check_status (create (0, s, sel_root_pd(), page(), root.hip->cpu_num), STATUS_BAD_CPU,
                  "CPU number CPUNUM: BAD_CPU");
    check_status (create (0, s, sel_root_pd(), page(), 0xfff), STATUS_BAD_CPU, "largest CPU number: BAD_CPU");
    check (cap_null (s), "BAD_CPU leaves the selector null");
}

static void bad_hvp (void)
{
    uint64_t const s = sel_alloc (0), pd = sel_root_pd(), end = ((uintptr_t) root.hip >> 12) + 1;
    unsigned const cpu = root.hip->cpu_bsp;

    check_status (create (0, s, pd, end, cpu), STATUS_BAD_PAR, "UTCB at the end of user memory: BAD_PAR");
    check_status (create (0, s, pd, UINT64_C (0xffff800000000), cpu), STATUS_BAD_PAR,
                  "UTCB in the kernel's half: BAD_PAR");
    check_status (create (0, s, pd, ~UINT64_C (0) >> 12, cpu), STATUS_BAD_PAR, "UTCB in the last page: BAD_PAR");
}

static void bad_cap (void)
{
    uint64_t const s = sel_alloc (0), used = sm_new (0), pd = sel_root_pd();
    unsigned const cpu = root.hip->cpu_bsp;

    check_status (create (0, used, pd, page(), cpu), STATUS_BAD_CAP, "selector in use: BAD_CAP");
    check_status (create (0, beyond (s), pd, page(), cpu), STATUS_BAD_CAP, "selector beyond SELNUM: BAD_CAP");
    check_status (create (0, s, sel_alloc (0), page(), cpu), STATUS_BAD_CAP, "owner is a null capability: BAD_CAP");
    check_status (create (0, s, used, page(), cpu), STATUS_BAD_CAP, "owner is a semaphore: BAD_CAP");
    check_status (create (0, s, cap_with (pd, PERM_PD_ALL & ~PERM_PD_EC), page(), cpu), STATUS_BAD_CAP,
                  "owner without permission EC: BAD_CAP");
    check_status (create (0, sel_alloc (0), cap_with (pd, PERM_PD_EC), page(), cpu), STATUS_SUCCESS,
                  "permission EC is enough");

    uint64_t const hvp = page();
    uint64_t v;

    check_status (create (0, used, pd, hvp, cpu), STATUS_BAD_CAP, "selector in use again: BAD_CAP");
    check (!probe_read (hvp << 12, &v), "a failed creation leaves no UTCB behind");
}

static void spaces (void)
{
    uint64_t const pd = sel_alloc (0), s = sel_alloc (0);
    unsigned const cpu = root.hip->cpu_bsp;

    NEED (hyp_create_pd (CREATE_PD, pd, sel_root_pd()));
    check_status (create (0, s, pd, 0x1000, cpu), STATUS_ABORTED, "PD without spaces: ABORTED");
    NEED (hyp_create_pd (CREATE_OBJ, sel_alloc (0), pd));
    check_status (create (0, s, pd, 0x1000, cpu), STATUS_ABORTED, "PD without host space: ABORTED");
    NEED (hyp_create_pd (CREATE_HST, sel_alloc (0), pd));

    if (HAS_PORTS) {
        check_status (create (0, s, pd, 0x1000, cpu), STATUS_ABORTED, "PD without PIO space: ABORTED");
        NEED (hyp_create_pd (CREATE_PIO, sel_alloc (0), pd));
    }

    check_status (create (0, s, pd, 0x1000, cpu), STATUS_SUCCESS, "PD with all spaces");
}

static struct test const test[] = {
    { "success", success }, { "guest", guest }, { "bad_cpu", bad_cpu }, { "bad_hvp", bad_hvp }, { "bad_cap", bad_cap },
    { "spaces", spaces },
};

TESTS ("create_ec", test);
