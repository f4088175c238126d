/* SPDX-License-Identifier: GPL-2.0-only */
#include <interrupt.h>

#include <abi/syscall.h>
#include <base/assert.h>
#include <base/atomic.h>
#include <base/macros.h>
#include <hw_arch.h>
#include <spinlock.h>

struct source {
    struct spinlock     lock;                           /* taken before locks of the interrupt controller           */
    uint8_t             flags;                          /* FLAG_INT_*; lock                                         */
    bool                assigned;                       /* lock                                                     */
    _Atomic (bool)      held;                           /* to be released; written under the lock. Ordering: interrupt_deactivate()
                                                         * reads it relaxed on the CPU of the arrival; a deactivation that races
                                                         * with an arrival elsewhere is as if it had come first     */
    _Atomic (cpu_t)     cpu;                            /* Ordering: relaxed; a value on its own                    */
};

static struct source sources[HW_INT_MAX];

cpu_t interrupt_cpu (unsigned i) { return rlx_load (&sources[i].cpu); }

void interrupt_assign (unsigned i, cpu_t cpu, uint32_t dest, unsigned flags)
{
    assert (i < HW_INT_MAX);

    struct source *const s = &sources[i];

    SPIN_GUARD (&s->lock);

    bool const held = rlx_load (&s->held);

    s->flags    = (uint8_t)flags;
    s->assigned = true;
    rlx_store (&s->held, false);
    rlx_store (&s->cpu, cpu);

    interrupt_configure (i, dest, flags, held);
}

void interrupt_deactivate (unsigned i)
{
    assert (i < HW_INT_MAX);

    struct source *const s = &sources[i];

    if (LIKELY (!rlx_load (&s->held)))
        return;

    SPIN_GUARD (&s->lock);

    if (rlx_load (&s->held)) {
        rlx_store (&s->held, false);
        interrupt_release (i);
    }
}

bool interrupt_accept (unsigned i)
{
    assert (i < HW_INT_MAX);

    struct source *const s = &sources[i];

    SPIN_GUARD (&s->lock);

    bool const wanted = s->assigned && !(s->flags & FLAG_INT_MASK);

    if (interrupt_hold (i, wanted && s->flags & FLAG_INT_LEVEL, rlx_load (&s->held)))
        rlx_store (&s->held, true);

    return wanted;
}
