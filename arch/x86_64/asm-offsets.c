/* SPDX-License-Identifier: GPL-2.0-only */
/* Structure offsets for assembly: compiled, never linked; the Makefile turns the strings into asm-offsets.h. */
#include <asm_offsets.h>

void asm_offsets (void)
{
    asm_offsets_common();
    DEFINE (EC_ROOT,        offsetof (struct ec, root));
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
    DEFINE (PT_ID,          offsetof (struct pt, id));
    DEFINE (CPU_STALE,      offsetof (struct cpu_local, arch.stale));
    DEFINE (CPU_STALE_PCID, offsetof (struct cpu_local, arch.stale_pcid));
    DEFINE (CPU_TRACE_RING, offsetof (struct cpu_local, trace.ring));
    DEFINE (CPU_TRACE_MASK, offsetof (struct cpu_local, trace.mask));
    DEFINE (CPU_TRACE_COUNT, offsetof (struct cpu_local, trace.count));
    DEFINE (CPU_TRACE_SAVE, offsetof (struct cpu_local, trace.save));
    DEFINE (RING_WRITTEN,   offsetof (struct trace_ring, written));
}

STATIC_ASSERT (offsetof (struct ec, exit) == offsetof (struct ec, reply) + 4);      /* one store sets both          */
STATIC_ASSERT (offsetof (struct cpu_local, arch.stale) < 64);
STATIC_ASSERT (EXIT_SHORT == 0);
STATIC_ASSERT (sizeof (struct trace_entry) == 16);
