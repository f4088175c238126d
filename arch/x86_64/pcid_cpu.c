/* SPDX-License-Identifier: GPL-2.0-only */
/* Switching PCIDs on. */
#include <pcid.h>

#include <cmdline.h>
#include <console/console.h>
#include <cpu_features.h>

static bool on;                                         /* written by pcid_init() before other CPUs start           */

bool pcid_in_use (void) { return cpu_has (CPU_PCID) && !cmdline_flag ("nopcid"); }

void pcid_init (void)
{
    on = pcid_in_use();

    if (on) {
        pcid_enable();
        pcid_cpu_init();
    }

    print ("TLB: %s", on ? "tagged with PCID" : cpu_has (CPU_PCID) ? "not tagged (nopcid)" : "not tagged (no PCID)");
}

void pcid_cpu_init (void)
{
    if (on)
        cr4_write (cr4_read() | CR4_PCIDE);
}
