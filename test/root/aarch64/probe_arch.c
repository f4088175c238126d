/* SPDX-License-Identifier: GPL-2.0-only */
#include <abi/event_arch.h>
#include <abi/perm.h>
#include <probe.h>

/* ISS of an abort (Arm ARM, ESR_EL2): fault status 0b0011LL is a permission fault at level LL, bit 6 a write */
bool probe_denied (unsigned pmm)
{
    return probe_fault.vector == (pmm == PERM_MEM_XU ? EXC_IABT : EXC_DABT) && (probe_fault.error & 0x3c) == 0xc &&
           (pmm == PERM_MEM_XU || (probe_fault.error >> 6 & 1) == (pmm == PERM_MEM_W));
}
