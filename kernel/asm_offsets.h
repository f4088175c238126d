/* SPDX-License-Identifier: GPL-2.0-only */
/* Structure offsets for assembly that all architectures want (asm-offsets.c of each). */
#pragma once

#include <cpu_local.h>
#include <ec.h>
#include <pt.h>
#include <trace.h>

#define DEFINE(name, value) __asm__ volatile ("\n.ascii \"->" #name " %0 \"" : : "i" (value))

void asm_offsets (void);

ALWAYS_INLINE void asm_offsets_common (void)
{
    DEFINE (HAZARD_FPU,     HAZARD_FPU);
    DEFINE (EC_HAZARD,      offsetof (struct ec, hazard));
    DEFINE (EC_RECV,        offsetof (struct ec, recv));
    DEFINE (EC_CALLEE,      offsetof (struct ec, callee));
    DEFINE (EC_CALLER,      offsetof (struct ec, caller));
    DEFINE (EC_UTCB,        offsetof (struct ec, utcb));
    DEFINE (EC_OBJ_ROOT,    offsetof (struct ec, obj_root));
    DEFINE (EC_REPLY,       offsetof (struct ec, reply));
    DEFINE (PT_FAST,        offsetof (struct pt, fast));
    DEFINE (PT_IP,          offsetof (struct pt, ip));
    DEFINE (CPU_CURRENT,    offsetof (struct cpu_local, current));
    DEFINE (CPU_ROOT,       offsetof (struct cpu_local, root));
    DEFINE (CPU_HAZARD,     offsetof (struct cpu_local, hazard));
    DEFINE (CPU_TOKEN,      offsetof (struct cpu_local, token));
    DEFINE (CPU_NEXT,       offsetof (struct cpu_local, next));
    DEFINE (RING_TIME,      offsetof (struct trace_ring, entry) + offsetof (struct trace_entry, time));
    DEFINE (RING_ID,        offsetof (struct trace_ring, entry) + offsetof (struct trace_entry, id));
    DEFINE (TRACE_ENTER,          TRACE_ENTER);
    DEFINE (TRACE_PROBE,          TRACE_PROBE);
    DEFINE (TRACE_CALL_SAVED,     TRACE_CALL_SAVED);
    DEFINE (TRACE_CALL_FOUND,     TRACE_CALL_FOUND);
    DEFINE (TRACE_CALL_COPIED,    TRACE_CALL_COPIED);
    DEFINE (TRACE_CALL_SWITCHED,  TRACE_CALL_SWITCHED);
    DEFINE (TRACE_CALL_LEAVE,     TRACE_CALL_LEAVE);
    DEFINE (TRACE_REPLY_SAVED,    TRACE_REPLY_SAVED);
    DEFINE (TRACE_REPLY_FOUND,    TRACE_REPLY_FOUND);
    DEFINE (TRACE_REPLY_COPIED,   TRACE_REPLY_COPIED);
    DEFINE (TRACE_REPLY_SWITCHED, TRACE_REPLY_SWITCHED);
    DEFINE (TRACE_REPLY_LEAVE,    TRACE_REPLY_LEAVE);
}
