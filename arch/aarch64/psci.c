/* SPDX-License-Identifier: GPL-2.0-only */
/* Function identifiers: PSCI 5.1; calling convention: SMCCC (Arm DEN 0028). */
#include <psci.h>

#include <console/console.h>

enum {
    PSCI_VERSION        = 0x84000000,
    PSCI_SYSTEM_OFF     = 0x84000008,
    PSCI_SYSTEM_RESET   = 0x84000009,
};

#define PSCI_CPU_ON     0xc4000003

static enum psci_conduit conduit;                       /* fixed after boot                                         */

static int64_t call (uint64_t id, uint64_t a, uint64_t b, uint64_t c)
{
    register uint64_t x0 __asm__ ("x0") = id, x1 __asm__ ("x1") = a, x2 __asm__ ("x2") = b, x3 __asm__ ("x3") = c;

#define CONVENTION : "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3) : : "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", \
                   "x14", "x15", "x16", "x17", "memory"

    /* From EL2, HVC comes back to EL2, but for one that runs under another hypervisor's (FEAT_NV): firmware says so then */
    if (conduit == PSCI_HVC)
        __asm__ volatile ("hvc #0" CONVENTION);
    else
        __asm__ volatile ("smc #0" CONVENTION);

#undef CONVENTION

    return (int64_t)x0;
}

void psci_init (enum psci_conduit c)
{
    conduit = c;

    if (c == PSCI_NONE) {
        print ("PSCI: none: there is one CPU, and nobody to switch off");
        return;
    }

    uint32_t const version = (uint32_t)call (PSCI_VERSION, 0, 0, 0);

    print ("PSCI: version %u.%u by %s", version >> 16, version & 0xffff, c == PSCI_HVC ? "HVC" : "SMC");
}

bool psci_present (void) { return conduit != PSCI_NONE; }

int32_t psci_cpu_on (uint64_t mpidr, paddr_t entry, uint64_t context) { return (int32_t)call (PSCI_CPU_ON, mpidr, entry, context); }

void psci_system_off (void)
{
    if (psci_present())
        call (PSCI_SYSTEM_OFF, 0, 0, 0);
}

void psci_system_reset (void)
{
    if (psci_present())
        call (PSCI_SYSTEM_RESET, 0, 0, 0);
}
