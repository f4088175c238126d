/* SPDX-License-Identifier: GPL-2.0-only */
#include <help.h>

enum { HPET_FREE = 20 };                                 /* a pin that no device of QEMU uses in this test        */

static uint64_t interrupt (unsigned i)
{
    uint64_t const s = sel_alloc (0);

    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + i, s, 0, PERM_MASK, 0));

    return s;
}

static void success (void)
{
    uint64_t const s = interrupt (HPET_FREE);
    uint32_t addr = 1;
    uint16_t data = 1;

    check_status (hyp_assign_int (FLAG_INT_MASK, s, root.hip->cpu_bsp, 0, &addr, &data), STATUS_SUCCESS,
                  "a pin, masked");
    check_eq (addr, 0, "a pin has no message address");
    check_eq (data, 0, "a pin has no message data");
    check_status (hyp_sm_down (s, in_ms (1)), STATUS_TIMEOUT, "a masked interrupt does not come");
    check_status (hyp_assign_int (FLAG_INT_MASK | FLAG_INT_LEVEL | FLAG_INT_LOW, s, root.hip->cpu_bsp, 0, &addr, &data), STATUS_SUCCESS,
                  "level, active low, masked");
    check_status (hyp_sm_up (s), STATUS_BAD_CAP, "an interrupt semaphore has no permission CTRLUP");
}

static void bad_cpu (void)
{
    uint64_t const s = interrupt (HPET_FREE);
    uint32_t addr;
    uint16_t data;

    check_status (hyp_assign_int (FLAG_INT_MASK, s, root.hip->cpu_num, 0, &addr, &data), STATUS_BAD_CPU,
                  "CPU number CPUNUM: BAD_CPU");
    check_status (hyp_assign_int (FLAG_INT_MASK, s, ~UINT64_C (0), 0, &addr, &data), STATUS_BAD_CPU,
                  "largest CPU number: BAD_CPU");
}

static void bad_cap (void)
{
    uint64_t const s = interrupt (HPET_FREE), cpu = root.hip->cpu_bsp;
    uint32_t addr;
    uint16_t data;

    check_status (hyp_assign_int (FLAG_INT_MASK, sel_alloc (0), cpu, 0, &addr, &data), STATUS_BAD_CAP,
                  "null capability: BAD_CAP");
    check_status (hyp_assign_int (FLAG_INT_MASK, sm_new (0), cpu, 0, &addr, &data), STATUS_BAD_CAP,
                  "ordinary semaphore: BAD_CAP");
    check_status (hyp_assign_int (FLAG_INT_MASK, sel_root_pd(), cpu, 0, &addr, &data), STATUS_BAD_CAP, "PD: BAD_CAP");
    check_status (hyp_assign_int (FLAG_INT_MASK, SEL_CONSOLE_SM, cpu, 0, &addr, &data), STATUS_BAD_CAP,
                  "console semaphore: BAD_CAP");
    check_status (hyp_assign_int (FLAG_INT_MASK, cap_with (s, PERM_MASK & ~PERM_SM_ASSIGN), cpu, 0, &addr, &data), STATUS_BAD_CAP,
                  "without permission ASSIGN: BAD_CAP");
    check_status (hyp_assign_int (FLAG_INT_MASK, cap_with (s, PERM_SM_ASSIGN), cpu, 0, &addr, &data), STATUS_SUCCESS,
                  "ASSIGN is enough");
    check_status (hyp_sm_down (cap_with (s, PERM_SM_ASSIGN), 1), STATUS_BAD_CAP,
                  "down without permission CTRLDN: BAD_CAP");
}

/* The NOVA object space has as many as the HIP says */
static void all (void)
{
    unsigned const n = root.hip->int_pin + root.hip->int_msi;
    unsigned found = 0;
    uint64_t const s = sel_alloc (0);

    for (unsigned i = 0; i < n; i++) {
        NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + i, s, 0, PERM_MASK, 0));
        found += !cap_null (s);
        NEED (sel_revoke (s, 0));
    }

    check_eq (found, n, "INTPIN + INTMSI interrupt semaphores");
    NEED (hyp_ctrl_pd (sel_nova_obj(), sel_root_obj(), NOVA_SEL_INT + n, s, 0, PERM_MASK, 0));
    check (cap_null (s), "and no more");
    check_ge (root.hip->int_pin, 16, "at least 16 pins on a PC");
}

static struct test const test[] = { { "success", success }, { "bad_cpu", bad_cpu }, { "bad_cap", bad_cap }, { "all", all } };

TESTS ("assign_int", test);
