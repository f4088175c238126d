/* SPDX-License-Identifier: GPL-2.0-only */
/* The condition flags survive a hypercall (7.8): none is listed as changed */
#include <help.h>
#include <regs.h>

void regs_check (struct regs const *r, char const *call) { check_eq (r->flags, FLAGS_NONE, regs_name ("condition flags", call)); }

/* X0 and X1 are all that it gets */
void regs_check_portal (void) {}

void regs_check_flags (struct regs *r)
{
    r->flags = FLAGS_STATUS;
    regs_syscall (r);
    check_eq (r->flags, FLAGS_STATUS, "the condition flags survive a hypercall");
}
