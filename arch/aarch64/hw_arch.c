/* SPDX-License-Identifier: GPL-2.0-only */
/* The platform as the hypercalls see it: sleep states, interrupts, time. */
#include <hw.h>

#include <base/macros.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_features.h>
#include <cpu_local.h>
#include <exception.h>
#include <gic.h>
#include <init.h>
#include <interrupt.h>
#include <interrupt_arch.h>
#include <platform.h>
#include <psci.h>
#include <scheduler.h>
#include <sysreg.h>
#include <timeout.h>
#include <timer.h>

/* S values of ctrl_hw (interface specification, 5.5.1) */
enum { SLEEP_S5 = 5, SLEEP_RESET = 7 };

bool hw_sleep_known (uint64_t desc) { return psci_present() && ((desc & 7) == SLEEP_S5 || desc == SLEEP_RESET); }

void hw_sleep_enter (uint64_t desc)
{
    if (desc != SLEEP_RESET)
        psci_system_off();

    psci_system_reset();
    cpu_halt_forever();                                 /* firmware did not obey, and the other CPUs are gone       */
}

unsigned hw_int_pins (void) { return gic_spis(); }
unsigned hw_int_msis (void) { return 0; }

bool hw_assign_int (uint32_t interrupt, cpu_t cpu, unsigned flags, uint32_t *addr, uint16_t *data)
{
    interrupt_assign (interrupt, cpu, cpu, flags);
    *addr = *data = 0;

    return true;
}

uint64_t phys_end (void) { return BIT64 (cpu_paddr_bits()); }

uint64_t hw_stc_freq (void) { return sysreg_read (cntfrq_el0); }

/* Hypervisor's physical timer (Arm ARM, D11.2.4): its line stays up until the deadline is moved or the timer is off */
void timer_set (uint64_t deadline)
{
    sysreg_write (cnthp_cval_el2, deadline);
    sysreg_write (cnthp_ctl_el2, 1);
}

uint64_t timer_ms_to_ticks (uint64_t ms)
{
    unsigned __int128 const t = (unsigned __int128)ms * hw_stc_freq();
    uint64_t const high = (uint64_t)(t >> 64);

    if (high >= 1000)
        return ~UINT64_C (0);

    /* A quotient of 128 by 10 bits, in two steps: 2^64 = 1000 * STEP + REST */
    uint64_t const step = ~UINT64_C (0) / 1000, rest = ~UINT64_C (0) % 1000 + 1, low = (uint64_t)t;
    uint64_t const tail = low % 1000 + high * rest;

    return high * step + low / 1000 + tail / 1000;
}

void interrupt_arrived (void)
{
    uint32_t const ack = gic_ack();
    unsigned const id = gic_id (ack);

    if (id == platform.timer_ppi) {

        sysreg_write (cnthp_ctl_el2, 0);
        isb();
        gic_eoi (ack);
        gic_deactivate (ack);

        if (timeout_interrupt())
            scheduler_slice_end();

    } else if (id == SGI_KICK) {

        gic_eoi (ack);
        gic_deactivate (ack);
        cpu_kicked();

    } else if (id == SGI_STOP)
        cpu_halt_forever();

    else if (id >= GIC_SPI_BASE && id < GIC_SPI_BASE + gic_spis())
        interrupt_handle (ack);

    else if (id < GIC_SPECIAL) {                        /* not ours, and not asked for                              */
        gic_eoi (ack);
        gic_deactivate (ack);
    }
}
