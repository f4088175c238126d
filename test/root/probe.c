/* SPDX-License-Identifier: GPL-2.0-only */
#include <fault.h>
#include <probe.h>
#include <traits.h>

extern char const probe_begin[], probe_end[], probe_left[], probe_left_call[];

int probe_insn_read (uint64_t addr, uint64_t *value);
int probe_insn_write (uint64_t addr, uint64_t value);
int probe_insn_exec (uint64_t addr);
int probe_insn_fpu (void);

struct probe_fault probe_fault;
static uint64_t volatile target;                        /* of the call that is being probed                     */

void probe_start (void) { probe_fault = (struct probe_fault) { .vector = NO_VECTOR }; }

bool probe_read (uint64_t addr, uint64_t *value) { probe_start(); return !probe_insn_read (addr, value); }
bool probe_write (uint64_t addr, uint64_t value) { probe_start(); return !probe_insn_write (addr, value); }
bool probe_fpu (void) { probe_start(); return !probe_insn_fpu(); }

bool probe_exec (uint64_t addr)
{
    probe_start();
    target = addr;

    bool const ok = !probe_insn_exec (addr);

    target = 0;

    return ok;
}

bool probe_recover (union utcb *u, unsigned vector)
{
    struct fault f;

    fault_read (u, &f);

    bool const called = target && f.ip == target;

    if (!called && (f.ip < (uintptr_t) probe_begin || f.ip >= (uintptr_t) probe_end))
        return false;

    probe_fault = (struct probe_fault) { .vector = vector, .error = f.error, .address = f.address, .ip = f.ip };
    utcb_set_ip (&u->arch, (uintptr_t) (called ? probe_left_call : probe_left));

    return true;
}
