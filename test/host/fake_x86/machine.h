/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The machine below code of arch/x86_64 in a host test. Time is its TSC: it advances with every access and in no other way.
 * A test sets the handlers it needs after machine_reset(); an access without handler fails the test.
 */
#pragma once

#include <cpuid.h>

struct machine {
    uint64_t tsc;
    uint64_t cost_tsc, cost_io;                         /* ticks of an RDTSC and of a device access             */
    unsigned (*stall) (void);                           /* more ticks at an access (an SMI); may be null        */

    struct cpuid (*cpuid) (uint32_t leaf, uint32_t sub);
    uint64_t (*rdmsr) (uint32_t msr);
    void     (*wrmsr) (uint32_t msr, uint64_t val);
    uint32_t (*mmio_read)  (uint64_t addr, unsigned bytes);
    void     (*mmio_write) (uint64_t addr, unsigned bytes, uint32_t val);
    uint32_t (*pio_in)  (uint16_t port, unsigned bytes);
    void     (*pio_out) (uint16_t port, unsigned bytes, uint32_t val);
    void     (*triple_fault) (void);

    uint64_t cr0, cr4;
    bool     fenced;                                    /* no store since the last mfence_lfence()              */
    bool     mmio_full;                                 /* mmio_map() has no room                               */
    char const *flags;                                  /* command line: one word, or null                      */
};

extern struct machine machine;

void machine_reset (void);
