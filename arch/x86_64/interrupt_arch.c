/* SPDX-License-Identifier: GPL-2.0-only */
#include <interrupt_arch.h>

#include <interrupt.h>
#include <ioapic.h>
#include <lapic.h>
#include <root.h>
#include <vectors.h>

#include <abi/syscall.h>
#include <base/atomic.h>
#include <base/macros.h>

/* A message is a write of data to an address (SDM 3A, 11.11): fixed delivery, edge, physical destination, no redirection */
enum {
    MSI_ADDR            = 0xfee00000,
    MSI_ADDR_DEST       = 12,
};

static _Atomic (uint64_t) strays;                       /* Ordering: relaxed; a statistic                       */

unsigned interrupt_pins (void)              { return ioapic_pins(); }
unsigned interrupt_msis (void)              { return VEC_INT_COUNT - ioapic_pins(); }
uint64_t interrupt_strays (void)            { return rlx_load (&strays); }

static bool    is_pin (unsigned i)          { return i < ioapic_pins(); }
static uint8_t vector_of (unsigned i)       { return (uint8_t)(VEC_INT_BASE + i); }

bool interrupt_route (unsigned i, cpu_t cpu, uint32_t apic_id, unsigned flags, uint32_t *addr, uint16_t *data)
{
    if (apic_id > IOAPIC_DEST_MAX)
        return false;

    interrupt_assign (i, cpu, apic_id, flags);

    *addr = is_pin (i) ? 0 : MSI_ADDR | apic_id << MSI_ADDR_DEST;
    *data = is_pin (i) ? 0 : vector_of (i);

    return true;
}

void interrupt_configure (unsigned i, uint32_t apic_id, unsigned flags, bool held)
{
    (void) held;                                        /* the pin is written as a whole                            */

    if (is_pin (i))
        ioapic_configure (i, apic_id, vector_of (i), flags & FLAG_INT_MASK, flags & FLAG_INT_LEVEL, flags & FLAG_INT_LOW);
}

/* A message is an edge, whatever the flags say */
bool interrupt_hold (unsigned i, bool level, bool held)
{
    if (!level || !is_pin (i))
        return false;

    if (!held)
        ioapic_mask (i);

    return true;
}

void interrupt_release (unsigned i) { ioapic_unmask (i); }

void interrupt_handle (uint8_t vector)
{
    unsigned const i = vector - (unsigned)VEC_INT_BASE;

    if (i < VEC_INT_COUNT) {

        bool const wanted = interrupt_accept (i);

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
