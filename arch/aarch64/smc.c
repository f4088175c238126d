/* SPDX-License-Identifier: GPL-2.0-only */
/* Function identifiers: SMC Calling Convention (Arm DEN 0028), 2.5: bits 29...24 the service, 15...0 the function. */
#include <smc.h>

#include <platform.h>
#include <sysreg.h>

enum { SERVICE_SIP = 0x2, SERVICE_STANDARD = 0x4, SERVICE_TRUSTED_FIRST = 0x30 };

static bool passed_on (uint32_t id)
{
    unsigned const service = id >> 24 & 0x3f, function = id & 0xffff;

    return service == SERVICE_SIP || service >= SERVICE_TRUSTED_FIRST ||
           (service == SERVICE_STANDARD && ((function >= 0x50 && function <= 0x5f) || (function >= 0x130 && function <= 0x13f)));
}

bool smc_proxy (uint64_t x[18])
{
    /* Without EL3 the instruction would be undefined; without firmware there, nobody answers but el3.S */
    if (platform.psci != PSCI_SMC || !(sysreg_read (id_aa64pfr0_el1) >> 12 & 0xf))
        return false;

    if (!passed_on ((uint32_t)x[0]))
        return false;

    __asm__ volatile ("mov x19, %0;"
                      "ldp x0, x1, [x19]; ldp x2, x3, [x19, #16]; ldp x4, x5, [x19, #32]; ldp x6, x7, [x19, #48]; ldp x8, x9, [x19, #64];"
                      "ldp x10, x11, [x19, #80]; ldp x12, x13, [x19, #96]; ldp x14, x15, [x19, #112]; ldp x16, x17, [x19, #128];"
                      "smc #0;"
                      "stp x0, x1, [x19]; stp x2, x3, [x19, #16]; stp x4, x5, [x19, #32]; stp x6, x7, [x19, #48]; stp x8, x9, [x19, #64];"
                      "stp x10, x11, [x19, #80]; stp x12, x13, [x19, #96]; stp x14, x15, [x19, #112]; stp x16, x17, [x19, #128]"
                      : : "r" (x) : "x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12", "x13", "x14", "x15",
                        "x16", "x17", "x19", "memory");

    return true;
}
