/* SPDX-License-Identifier: GPL-2.0-only */
#include <abi/event_arch.h>
#include <abi/perm.h>
#include <probe.h>

extern char const probe_begin[], probe_end[], probe_left[], probe_left_call[];

int probe_insn_read (uint64_t addr, uint64_t *value);
int probe_insn_write (uint64_t addr, uint64_t value);
int probe_insn_exec (uint64_t addr);
int probe_insn_fpu (void);

struct probe_fault probe_fault;
static uint64_t volatile target;                        /* of the call that is being probed                     */

static void start (void) { probe_fault = (struct probe_fault) { .vector = NO_VECTOR }; }

bool probe_read (uint64_t addr, uint64_t *value) { start(); return !probe_insn_read (addr, value); }
bool probe_write (uint64_t addr, uint64_t value) { start(); return !probe_insn_write (addr, value); }
bool probe_fpu (void) { start(); return !probe_insn_fpu(); }

bool probe_exec (uint64_t addr)
{
    start();
    target = addr;

    bool const ok = !probe_insn_exec (addr);

    target = 0;

    return ok;
}

/* ISS of an abort (Arm ARM, ESR_EL2): fault status 0b0011LL is a permission fault at level LL, bit 6 a write */
bool probe_denied (unsigned pmm)
{
    return probe_fault.vector == (pmm == PERM_MEM_XU ? EXC_IABT : EXC_DABT) && (probe_fault.error & 0x3c) == 0xc &&
           (pmm == PERM_MEM_XU || (probe_fault.error >> 6 & 1) == (pmm == PERM_MEM_W));
}

bool probe_recover (union utcb *u, unsigned vector)
{
    uint64_t const ip = u->arch.elr_el2;
    bool const called = target && ip == target;

    if (!called && (ip < (uintptr_t) probe_begin || ip >= (uintptr_t) probe_end))
        return false;

    probe_fault = (struct probe_fault) { .vector = vector, .error = u->arch.esr_el2, .address = u->arch.far_el2, .ip = ip };
    u->arch.elr_el2 = (uintptr_t) (called ? probe_left_call : probe_left);

    return true;
}
