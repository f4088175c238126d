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

/* A message is a write of data to an address (SDM 3A, 11.11): fixed delivery, edge, physical destination, no redirection */
enum {
    MSI_ADDR            = 0xfee00000,
    MSI_ADDR_DEST       = 12,
};

struct source {
    struct spinlock     lock;                           /* taken before the lock of the I/O APIC                */
    uint8_t             flags;                          /* FLAG_INT_*; lock                                     */
    bool                assigned;                       /* lock                                                 */
    _Atomic (bool)      held;                           /* pin, masked by an arrival; written under the lock.
                                                         * Ordering: interrupt_deactivate() reads it relaxed on the
                                                         * CPU of the arrival; a deactivation that races with an
                                                         * arrival elsewhere is as if it had come first         */
    _Atomic (cpu_t)     cpu;                            /* Ordering: relaxed; a value on its own                */
};

static struct source        sources[VEC_INT_COUNT];     /* pins, then messages                                  */
static _Atomic (uint64_t)   strays;                     /* Ordering: relaxed; a statistic                       */

unsigned interrupt_pins (void)              { return ioapic_pins(); }
unsigned interrupt_msis (void)              { return VEC_INT_COUNT - ioapic_pins(); }
cpu_t    interrupt_cpu (unsigned i)         { return rlx_load (&sources[i].cpu); }
uint64_t interrupt_strays (void)            { return rlx_load (&strays); }

static bool    is_pin (unsigned i)          { return i < ioapic_pins(); }
static uint8_t vector_of (unsigned i)       { return (uint8_t)(VEC_INT_BASE + i); }

void interrupt_init (void)
{
    for (unsigned i = 0; i < VEC_INT_COUNT; i++)
        sources[i].flags = FLAG_INT_MASK;
}

bool interrupt_assign (unsigned i, cpu_t cpu, uint32_t apic_id, unsigned flags, uint32_t *addr, uint16_t *data)
{
    assert (i < VEC_INT_COUNT);

    if (apic_id > IOAPIC_DEST_MAX)
        return false;

    struct source *const s = &sources[i];

    SPIN_GUARD (&s->lock);

    s->flags    = (uint8_t)flags;
    s->assigned = true;
    rlx_store (&s->held, false);
    rlx_store (&s->cpu, cpu);

    if (is_pin (i)) {
        ioapic_configure (i, apic_id, vector_of (i), flags & FLAG_INT_MASK, flags & FLAG_INT_LEVEL, flags & FLAG_INT_LOW);
        *addr = *data = 0;
    } else {
        *addr = MSI_ADDR | apic_id << MSI_ADDR_DEST;
        *data = vector_of (i);
    }

    return true;
}

void interrupt_deactivate (unsigned i)
{
    assert (i < VEC_INT_COUNT);

    struct source *const s = &sources[i];

    if (LIKELY (!rlx_load (&s->held)))
        return;

    spin_lock (&s->lock);

    if (rlx_load (&s->held)) {
        rlx_store (&s->held, false);
        ioapic_unmask (i);
    }

    spin_unlock (&s->lock);
}

/* Is the arrival to be signaled? A message is an edge, whatever the flags say. */
static bool accept (unsigned i)
{
    struct source *const s = &sources[i];

    spin_lock (&s->lock);

    bool const wanted = s->assigned && !(s->flags & FLAG_INT_MASK);

    if (wanted && s->flags & FLAG_INT_LEVEL && is_pin (i) && !rlx_load (&s->held)) {
        ioapic_mask (i);
        rlx_store (&s->held, true);
    }

    spin_unlock (&s->lock);

    return wanted;
}

void interrupt_handle (uint8_t vector)
{
    unsigned const i = vector - (unsigned)VEC_INT_BASE;

    if (i < VEC_INT_COUNT) {

        bool const wanted = accept (i);

        lapic_eoi();

        if (wanted)
            interrupt_signal (i);
        else
            atomic_fetch_add_explicit (&strays, 1, memory_order_relaxed);

        return;
    }

    /* A spurious interrupt is in service nowhere and gets no EOI (SDM 3A, 11.9); a device's message of that vector is */
    if (lapic_in_service (vector))
        lapic_eoi();

    atomic_fetch_add_explicit (&strays, 1, memory_order_relaxed);
}
