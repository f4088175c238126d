/* SPDX-License-Identifier: GPL-2.0-only */
/* Sleep states, as the hypercall sees them: one transition, by the CPU that asks first. */
#include <hw.h>

#include <base/atomic.h>
#include <cpu.h>

static _Atomic (bool) transition;                       /* Ordering: acq_rel swap; the first one prevails           */

enum status hw_sleep (uint64_t desc)
{
    if (!hw_sleep_known (desc))
        return STATUS_BAD_FTR;

    if (atomic_swap (&transition, true))
        return STATUS_ABORTED;

    cpus_stop_others();
    hw_sleep_enter (desc);
}
