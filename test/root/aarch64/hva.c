/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The range of host-virtual addresses (7.4.1): 0 <= HVA < 2^H, 32 <= H <= 52, as the MMU can. Which of the sizes that it can is the
 * kernel's choice; a second stage translates no more bits than a physical address has. Programs cannot read ID_AA64MMFR0_EL1, so the
 * name of the CPU has to do.
 */
#include <devicetree.h>
#include <help.h>
#include <hva.h>
#include <string.h>

static struct { char const *cpu; unsigned bits; } const known[] = {
    { "arm,cortex-a35", 40 }, { "arm,cortex-a53", 40 }, { "arm,cortex-a55", 40 }, { "arm,cortex-a57", 44 }, { "arm,cortex-a72", 44 },
    { "arm,cortex-a76", 40 }, { "arm,neoverse-n1", 48 },
};

uint64_t hva_end (void)
{
    static uint64_t end;                                /* reading the devicetree takes its time                */
    unsigned most = 52;

    for (size_t i = 0; !end && i < sizeof (known) / sizeof (known[0]); i++)
        most = strcmp (dt_cpu(), known[i].cpu) ? most : known[i].bits;

    for (unsigned bits = 32; bits <= most && !end; bits++)
        if ((uintptr_t) root.hip < UINT64_C (1) << bits)
            end = UINT64_C (1) << bits;

    return end;
}
