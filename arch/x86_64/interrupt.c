/* SPDX-License-Identifier: GPL-2.0-only */
#include <interrupt.h>

#include <ioapic.h>
#include <lapic.h>
#include <spinlock.h>
#include <vectors.h>

#include <abi/syscall.h>
#include <base/assert.h>
#include <base/atomic.h>
#include <base/macros.h>

struct pin {
    struct spinlock     lock;                           /* taken before the lock of the I/O APIC                */
    uint8_t             flags;                          /* FLAG_INT_*; lock                                     */
    bool                assigned;                       /* lock                                                 */
    _Atomic (bool)      held;                           /* masked by an arrival; written under the lock.
                                                         * Ordering: interrupt_deactivate() reads it relaxed on the
                                                         * CPU of the arrival; a deactivation that races with an
                                                         * arrival elsewhere is as if it had come first         */
    _Atomic (cpu_t)     cpu;                            /* Ordering: relaxed; a value on its own                */
};

static struct pin           pins[VEC_GSI_COUNT];
static _Atomic (uint64_t)   strays;                     /* Ordering: relaxed; a statistic                       */

unsigned interrupt_pins (void)              { return ioapic_pins(); }
cpu_t    interrupt_cpu (unsigned gsi)       { return rlx_load (&pins[gsi].cpu); }
uint64_t interrupt_strays (void)            { return rlx_load (&strays); }

void interrupt_init (void)
{
    for (unsigned gsi = 0; gsi < VEC_GSI_COUNT; gsi++)
        pins[gsi].flags = FLAG_INT_MASK;
}

bool interrupt_assign (unsigned gsi, cpu_t cpu, uint32_t apic_id, unsigned flags)
{
    assert (gsi < ioapic_pins());

    if (apic_id > IOAPIC_DEST_MAX)
        return false;

    struct pin *const p = &pins[gsi];

    spin_lock (&p->lock);

    p->flags    = (uint8_t)flags;
    p->assigned = true;
    rlx_store (&p->held, false);
    rlx_store (&p->cpu, cpu);
    ioapic_configure (gsi, apic_id, (uint8_t)(VEC_GSI_BASE + gsi), flags & FLAG_INT_MASK, flags & FLAG_INT_LEVEL,
                      flags & FLAG_INT_LOW);

    spin_unlock (&p->lock);

    return true;
}

void interrupt_deactivate (unsigned gsi)
{
    assert (gsi < VEC_GSI_COUNT);

    struct pin *const p = &pins[gsi];

    if (LIKELY (!rlx_load (&p->held)))
        return;

    spin_lock (&p->lock);

    if (rlx_load (&p->held)) {
        rlx_store (&p->held, false);
        ioapic_unmask (gsi);
    }

    spin_unlock (&p->lock);
}

/* Is the arrival to be signaled? */
static bool accept (unsigned gsi)
{
    struct pin *const p = &pins[gsi];

    spin_lock (&p->lock);

    bool const wanted = p->assigned && !(p->flags & FLAG_INT_MASK);

    if (wanted && p->flags & FLAG_INT_LEVEL && !rlx_load (&p->held)) {
        ioapic_mask (gsi);
        rlx_store (&p->held, true);
    }

    spin_unlock (&p->lock);

    return wanted;
}

void interrupt_handle (uint8_t vector)
{
    unsigned const gsi = vector - (unsigned)VEC_GSI_BASE;

    if (gsi < VEC_GSI_COUNT) {

        bool const wanted = accept (gsi);

        lapic_eoi();

        if (wanted)
            interrupt_signal (gsi);
        else
            atomic_fetch_add_explicit (&strays, 1, memory_order_relaxed);

        return;
    }

    /* A spurious interrupt is in service nowhere and gets no EOI (SDM 3A, 11.9); a device's message of that vector is */
    if (lapic_in_service (vector))
        lapic_eoi();

    atomic_fetch_add_explicit (&strays, 1, memory_order_relaxed);
}
