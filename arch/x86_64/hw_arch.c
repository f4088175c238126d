/* SPDX-License-Identifier: GPL-2.0-only */
/* The platform as the hypercalls see it: sleep states, interrupts, time. */
#include <hw.h>

#include <acpi/acpi.h>
#include <clock.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <init.h>
#include <interrupt_arch.h>
#include <lapic.h>
#include <memattr.h>
#include <power.h>
#include <timer.h>
#include <vectors.h>

bool hw_sleep_known (uint64_t desc)
{
    unsigned const s = power_desc_s (desc);

    return power_supported (s) && (s != POWER_RESET || desc == POWER_RESET);
}

void hw_sleep_enter (uint64_t desc)
{
    if (power_desc_s (desc) == POWER_RESET)
        power_reset();

    power_off (power_desc_a (desc), power_desc_b (desc));
    power_reset();                                      /* it did not obey, and the other CPUs are gone             */
}

unsigned hw_int_pins (void) { return interrupt_pins(); }
unsigned hw_int_msis (void) { return interrupt_msis(); }

bool hw_assign_int (uint32_t interrupt, cpu_t cpu, unsigned flags, uint32_t *addr, uint16_t *data)
{
    return interrupt_route (interrupt, cpu, cpu_remote[cpu]->arch.apic_id, flags, addr, data);
}

INDIRECT_NEVER uint64_t phys_end (void) { return BIT64 (cpu_paddr_bits()); }

paddr_t hw_rsdp (void) { return acpi.rsdp; }

uint64_t hw_stc_freq (void) { return clock_freq(); }

INDIRECT_NEVER void timer_set (uint64_t deadline) { lapic_timer_set (deadline); }

uint64_t timer_ms_to_ticks (uint64_t ms) { return clock_ticks_ms (ms); }
