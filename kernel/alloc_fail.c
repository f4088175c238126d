/* SPDX-License-Identifier: GPL-2.0-only */
/* Counts allocations down: some succeed, then some fail. */
#include <alloc_fail.h>

#if DEBUG

#include <abi/record.h>
#include <base/atomic.h>

static struct record_fail nowhere;                      /* until there is a record: none fails                      */

struct record_fail *alloc_fail = &nowhere;

static bool take (_Atomic (uint64_t) *count)
{
    uint64_t n = rlx_load (count);

    while (n)
        if (atomic_cas (count, &n, n - 1))
            return true;

    return false;
}

bool alloc_fails (void) { return !take (&alloc_fail->skip) && take (&alloc_fail->fail); }

#endif
