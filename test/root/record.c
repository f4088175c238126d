/* SPDX-License-Identifier: GPL-2.0-only */
/* Records of the kernel beyond the specification (abi/record.h): none on NOVA, where this theme has nothing to check. */
#include <base/atomic.h>
#include <help.h>
#include <mem.h>
#include <record.h>

static void memory (void)
{
    if (nova())
        return;

    struct record_memory *const m = record_find (RECORD_MEMORY);
    uint64_t const ec = sel_alloc (0), hvp = mem_window (1, 0) >> 12;

    need (m, "record of the kernel's memory");
    check_eq (m->head.length, sizeof (*m), "its length");

    for (uint64_t const end = in_ms (1000); record_memory_waiting() && stc_read() < end; )
        sleep_ms (1);

    uint64_t const before = record_memory_free();

    check (before && before <= m->total, "free pages: some, and no more than there are");
    NEED (hyp_create_ec (0, ec, sel_root_pd(), hvp, root.hip->cpu_bsp, 0, 0));
    check (record_memory_free() < before, "less when there is one EC more");
    NEED (sel_revoke (ec, 0));

    for (uint64_t const end = in_ms (1000); record_memory_waiting() && stc_read() < end; )
        sleep_ms (1);

    check_eq (record_memory_waiting(), 0, "nothing waits for a grace period in the end");
    check_ge (record_memory_free() + 3, before, "and the pages are back, but for page tables");
}

/* What a user writes there is nothing that the kernel goes by */
static void hostile (void)
{
    if (nova())
        return;

    struct record_memory *const m = record_find (RECORD_MEMORY);

    need (m, "record of the kernel's memory");

    uint64_t const waiting = record_memory_waiting(), sm = sel_alloc (0);

    rlx_store (&m->free, 0);
    rlx_store (&m->waiting, ~UINT64_C (0) >> 1);
    check_status (hyp_create_sm (sm, sel_root_pd(), 0), STATUS_SUCCESS, "no free pages, says a user: the kernel knows better");
    NEED (sel_revoke (sm, 0));
    rlx_store (&m->waiting, waiting);

    uint64_t const ec = sel_alloc (0);

    NEED (hyp_create_ec (0, ec, sel_root_pd(), mem_window (1, 0) >> 12, root.hip->cpu_bsp, 0, 0));
    check (record_memory_free() && record_memory_free() < m->total, "and writes what is so with the next change");
    NEED (sel_revoke (ec, 0));
}

static struct test const test[] = { { "memory", memory }, { "hostile", hostile } };

TESTS ("record", test);
