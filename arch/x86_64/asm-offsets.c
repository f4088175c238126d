/* SPDX-License-Identifier: GPL-2.0-only */
/* Structure offsets for assembly: compiled, never linked; the Makefile turns the strings into asm-offsets.h. */
#include <cpu_local.h>
#include <ec.h>
#include <pt.h>

#define DEFINE(name, value) __asm__ volatile ("\n.ascii \"->" #name " %0 \"" : : "i" (value))

void asm_offsets (void);

void asm_offsets (void)
{
    DEFINE (EC_HAZARD,      offsetof (struct ec, hazard));
    DEFINE (EC_RECV,        offsetof (struct ec, recv));
    DEFINE (EC_CALLEE,      offsetof (struct ec, callee));
    DEFINE (EC_CALLER,      offsetof (struct ec, caller));
    DEFINE (EC_UTCB,        offsetof (struct ec, utcb));
    DEFINE (EC_ROOT,        offsetof (struct ec, root));
    DEFINE (EC_OBJ_ROOT,    offsetof (struct ec, obj_root));
    DEFINE (EC_REPLY,       offsetof (struct ec, reply));
    DEFINE (EC_EXIT,        offsetof (struct ec, exit));
    DEFINE (EC_RAX,         offsetof (struct ec, regs.rax));
    DEFINE (EC_RCX,         offsetof (struct ec, regs.rcx));
    DEFINE (EC_RDX,         offsetof (struct ec, regs.rdx));
    DEFINE (EC_RBX,         offsetof (struct ec, regs.rbx));
    DEFINE (EC_RSP,         offsetof (struct ec, regs.rsp));
    DEFINE (EC_RBP,         offsetof (struct ec, regs.rbp));
    DEFINE (EC_RSI,         offsetof (struct ec, regs.rsi));
    DEFINE (EC_RDI,         offsetof (struct ec, regs.rdi));
    DEFINE (EC_R8,          offsetof (struct ec, regs.r8));
    DEFINE (EC_R9,          offsetof (struct ec, regs.r9));
    DEFINE (EC_R10,         offsetof (struct ec, regs.r10));
    DEFINE (EC_R11,         offsetof (struct ec, regs.r11));
    DEFINE (EC_R12,         offsetof (struct ec, regs.r12));
    DEFINE (EC_R13,         offsetof (struct ec, regs.r13));
    DEFINE (EC_R14,         offsetof (struct ec, regs.r14));
    DEFINE (EC_R15,         offsetof (struct ec, regs.r15));
    DEFINE (EC_RFLAGS,      offsetof (struct ec, regs.rflags));
    DEFINE (EC_RIP,         offsetof (struct ec, regs.rip));
    DEFINE (EC_ERROR,       offsetof (struct ec, regs.error));
    DEFINE (PT_FAST,        offsetof (struct pt, fast));
    DEFINE (PT_IP,          offsetof (struct pt, ip));
    DEFINE (PT_ID,          offsetof (struct pt, id));
    DEFINE (CPU_CURRENT,    offsetof (struct cpu_local, current));
    DEFINE (CPU_ROOT,       offsetof (struct cpu_local, root));
    DEFINE (CPU_HAZARD,     offsetof (struct cpu_local, hazard));
    DEFINE (CPU_TOKEN,      offsetof (struct cpu_local, token));
    DEFINE (CPU_NEXT,       offsetof (struct cpu_local, next));
    DEFINE (CPU_STALE,      offsetof (struct cpu_local, arch.stale));
    DEFINE (CPU_STALE_PCID, offsetof (struct cpu_local, arch.stale_pcid));
    DEFINE (CPU_TRACE_RING, offsetof (struct cpu_local, trace.ring));
    DEFINE (CPU_TRACE_MASK, offsetof (struct cpu_local, trace.mask));
    DEFINE (CPU_TRACE_COUNT, offsetof (struct cpu_local, trace.count));
    DEFINE (CPU_TRACE_SAVE, offsetof (struct cpu_local, trace.save));
    DEFINE (RING_WRITTEN,   offsetof (struct trace_ring, written));
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

STATIC_ASSERT (offsetof (struct ec, exit) == offsetof (struct ec, reply) + 4);      /* one store sets both          */
STATIC_ASSERT (offsetof (struct cpu_local, arch.stale) < 64);
STATIC_ASSERT (EXIT_SHORT == 0);
STATIC_ASSERT (sizeof (struct trace_entry) == 16);
