/* SPDX-License-Identifier: GPL-2.0-only */
/* Inter-process communication beyond the fast path: calls, replies, events, helping. */
#pragma once

#include <base/compiler.h>
#include <base/types.h>
#include <ec.h>

/* A hypercall handler returns its status, or SYS_DEFER when the EC goes on later, as its continuation says. */
enum { SYS_DEFER = -1 };

INDIRECT_NEVER long ipc_call  (struct ec *self, uint64_t sel, bool timeout, uint32_t mtd);
INDIRECT_NEVER long ipc_reply (struct ec *self, uint32_t mtd);

/* Delivers the pending event (regs.event) through the EC's event portal; the EC dies if there is none. */
INDIRECT_NEVER void ipc_event (struct ec *self);

/* The callee dies. Its caller gets ABORTED; one that waits with an event is returned, and has to die, too. */
struct ec *ipc_abort_caller (struct ec *callee);

