/* SPDX-License-Identifier: GPL-2.0-only */
#include <interrupt.h>

#include <abi/syscall.h>
#include <base/atomic.h>
#include <base/macros.h>
#include <gic.h>
#include <hw_arch.h>
#include <spinlock.h>

struct source {
    struct spinlock     lock;
    uint8_t             flags;                          /* FLAG_INT_*; lock                                         */
    bool                assigned;                       /* lock                                                     */
    _Atomic (bool)      held;                           /* active, and handled; written under the lock. Ordering: relaxed, a deactivation
                                                         * that races with an arrival elsewhere is as if it had come first */
    _Atomic (cpu_t)     cpu;                            /* Ordering: relaxed; a value on its own                    */
};

static struct source sources[HW_INT_MAX];

cpu_t interrupt_cpu (unsigned i) { return rlx_load (&sources[i].cpu); }

void interrupt_assign (unsigned i, cpu_t cpu, unsigned flags)
{
    struct source *const s = &sources[i];

    SPIN_GUARD (&s->lock);

    bool const held = rlx_load (&s->held);

    s->flags    = (uint8_t)flags;
    s->assigned = true;
    rlx_store (&s->held, false);
    rlx_store (&s->cpu, cpu);

    gic_spi_configure (i, cpu, flags & FLAG_INT_MASK, flags & FLAG_INT_LEVEL, held);
}

void interrupt_deactivate (unsigned i)
{
    struct source *const s = &sources[i];

    if (LIKELY (!rlx_load (&s->held)))
        return;

    SPIN_GUARD (&s->lock);

    if (rlx_load (&s->held)) {
        rlx_store (&s->held, false);
        gic_deactivate (i + GIC_SPI_BASE);
    }
}

void interrupt_handle (uint32_t ack)
{
    unsigned const i = gic_id (ack) - GIC_SPI_BASE;
    struct source *const s = &sources[i];
    bool wanted;

    {
        SPIN_GUARD (&s->lock);

        wanted = s->assigned && !(s->flags & FLAG_INT_MASK);
        gic_eoi (ack);

        if (wanted && s->flags & FLAG_INT_LEVEL)
            rlx_store (&s->held, true);
        else
            gic_deactivate (ack);
    }

    if (wanted)
        interrupt_signal (i);
}
