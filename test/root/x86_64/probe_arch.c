/* SPDX-License-Identifier: GPL-2.0-only */
#include <abi/event_arch.h>
#include <abi/perm.h>
#include <probe.h>
#include <probe_in.h>

int probe_insn_in (uint64_t port);

bool probe_in (uint16_t port) { probe_start(); return !probe_insn_in (port); }

/* Error code of a page fault from user mode (SDM 3A, 4.7): P, W/R, U/S, I/D */
bool probe_denied (unsigned pmm)
{
    uint64_t const error = pmm == PERM_MEM_W ? 0x7 : pmm == PERM_MEM_XU ? 0x15 : 0x5;

    return probe_fault.vector == EXC_PF && probe_fault.error == error;
}
