/* SPDX-License-Identifier: GPL-2.0-only */
/* What SYSCALL and SYSRET do to registers (8.8) */
#include <witness.h>
#include <help.h>

enum { AC = 1 << 18 };

void regs_check (struct regs const *r, char const *call)
{
    check_eq (r->gpr[RCX], (uintptr_t) regs_syscall_next, regs_name ("RCX = RIP", call));
    check_eq (r->gpr[R11], FLAGS_NONE, regs_name ("R11 = 0x202", call));
}

void regs_check_portal (void)
{
    check_eq (witness_seen.gpr[RCX], (uintptr_t) witness_portal, "ipc_reply: RCX = portal IP");
    check_eq (witness_seen.gpr[R11], FLAGS_NONE, "ipc_reply: R11 = 0x202");
}

void regs_check_flags (struct regs *r)
{
    r->flags |= FLAGS_STATUS | AC;
    regs_syscall (r);
    check_eq (r->flags, FLAGS_NONE, "RFLAGS = 0x202 after a hypercall");
    check_eq (r->gpr[RCX], (uintptr_t) regs_syscall_next, "RCX = RIP, whatever the flags were");
}
