/* SPDX-License-Identifier: GPL-2.0-only */
#include <abi/event_arch.h>
#include <abi/perm.h>
#include <probe.h>
#include <probe_in.h>

extern char const probe_begin[], probe_end[], probe_left[], probe_left_call[];

int probe_insn_read (uint64_t addr, uint64_t *value);
int probe_insn_write (uint64_t addr, uint64_t value);
int probe_insn_exec (uint64_t addr);
int probe_insn_in (uint64_t port);
int probe_insn_fpu (void);

struct probe_fault probe_fault;
static uint64_t volatile target;                        /* of the call that is being probed                     */

static void start (void) { probe_fault = (struct probe_fault) { .vector = NO_VECTOR }; }

bool probe_read (uint64_t addr, uint64_t *value) { start(); return !probe_insn_read (addr, value); }
bool probe_write (uint64_t addr, uint64_t value) { start(); return !probe_insn_write (addr, value); }
bool probe_in (uint16_t port) { start(); return !probe_insn_in (port); }
bool probe_fpu (void) { start(); return !probe_insn_fpu(); }

bool probe_exec (uint64_t addr)
{
    start();
    target = addr;

    bool const ok = !probe_insn_exec (addr);

    target = 0;

    return ok;
}

/* Error code of a page fault from user mode (SDM 3A, 4.7): P, W/R, U/S, I/D */
bool probe_denied (unsigned pmm)
{
    uint64_t const error = pmm == PERM_MEM_W ? 0x7 : pmm == PERM_MEM_XU ? 0x15 : 0x5;

    return probe_fault.vector == EXC_PF && probe_fault.error == error;
}

bool probe_recover (union utcb *u, unsigned vector)
{
    uint64_t const ip = u->arch.rip;
    bool const called = target && ip == target;

    if (!called && (ip < (uintptr_t) probe_begin || ip >= (uintptr_t) probe_end))
        return false;

    probe_fault = (struct probe_fault) { .vector = vector, .error = u->arch.qual[0], .address = u->arch.qual[1], .ip = ip };
    u->arch.rip = (uintptr_t) (called ? probe_left_call : probe_left);

    return true;
}
