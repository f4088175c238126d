/* SPDX-License-Identifier: GPL-2.0-only */
/* Structure offsets for assembly: compiled, never linked; the Makefile turns the strings into asm-offsets.h. */
#include <asm_offsets.h>
#include <platform.h>
#include <uefi_arch.h>
#include <uefi_load.h>

void asm_offsets (void)
{
    asm_offsets_common();
    DEFINE (EC_GPR,         offsetof (struct ec, regs.gpr));
    DEFINE (EC_TPIDR,       offsetof (struct ec, regs.tpidr));
    DEFINE (EC_ELR,         offsetof (struct ec, regs.elr));
    DEFINE (EC_ESR,         offsetof (struct ec, regs.esr));
    DEFINE (CPU_TTBR,       offsetof (struct cpu_local, arch.ttbr));
    DEFINE (CPU_SCTLR_USER, offsetof (struct cpu_local, arch.sctlr_user));
    DEFINE (CPU_SCTLR_KERNEL, offsetof (struct cpu_local, arch.sctlr_kernel));
    DEFINE (CPU_START,      offsetof (struct cpu_local, arch.start));
    DEFINE (UART_NONE,      UART_NONE);
    DEFINE (UART_PL011,     UART_PL011);
    DEFINE (UART_16550,     UART_16550);
    DEFINE (CPU_TRACE,      offsetof (struct cpu_local, trace));
    DEFINE (TRACE_RING,     offsetof (struct trace_cpu, ring));
    DEFINE (TRACE_MASK,     offsetof (struct trace_cpu, mask));
    DEFINE (TRACE_COUNT,    offsetof (struct trace_cpu, count));
    DEFINE (TRACE_SAVE,     offsetof (struct trace_cpu, save));
    DEFINE (UEFI_START_SIZE,    (sizeof (struct uefi_start) + 15) & ~15UL);
    DEFINE (UEFI_START_KERNEL,  offsetof (struct uefi_start, kernel));
    DEFINE (UEFI_START_REGS,    offsetof (struct uefi_start, regs));
    DEFINE (REGIME_SCTLR,   offsetof (struct uefi_regime, sctlr));
    DEFINE (REGIME_TTBR,    offsetof (struct uefi_regime, ttbr));
    DEFINE (REGIME_VBAR,    offsetof (struct uefi_regime, vbar));
    DEFINE (REGIME_CPTR,    offsetof (struct uefi_regime, cptr));
    DEFINE (REGIME_X18,     offsetof (struct uefi_regime, x18));
}

/* What entry.S loads and stores in pairs */
STATIC_ASSERT (offsetof (struct ec, recv) == offsetof (struct ec, hazard) + 4 && offsetof (struct ec, hazard) % 8 == 0);
STATIC_ASSERT (offsetof (struct ec, root) == offsetof (struct ec, utcb) + 8);
STATIC_ASSERT (offsetof (struct ec, exit) == offsetof (struct ec, reply) + 4);
STATIC_ASSERT (offsetof (struct cpu_local, token) == offsetof (struct cpu_local, hazard) + 4 &&
               offsetof (struct cpu_local, hazard) % 8 == 0);
STATIC_ASSERT (offsetof (struct pt, id) == offsetof (struct pt, ip) + 8);
STATIC_ASSERT (offsetof (struct regs, spsr) == offsetof (struct regs, elr) + 8);
STATIC_ASSERT (offsetof (struct regs, far) == offsetof (struct regs, esr) + 8);
STATIC_ASSERT (offsetof (struct trace_cpu, count) == offsetof (struct trace_cpu, mask) + 8);
STATIC_ASSERT (EXIT_SHORT == 0);

/* What it takes for granted of a trace point's entry */
STATIC_ASSERT (sizeof (struct trace_entry) == 16 && offsetof (struct trace_ring, written) == 0);

/* And uefi_entry.S */
STATIC_ASSERT (offsetof (struct uefi_regime, tcr) == offsetof (struct uefi_regime, sctlr) + 8);
STATIC_ASSERT (offsetof (struct uefi_regime, mair) == offsetof (struct uefi_regime, ttbr) + 8);
STATIC_ASSERT (offsetof (struct uefi_regime, hcr) == offsetof (struct uefi_regime, vbar) + 8);
STATIC_ASSERT (offsetof (struct uefi_regime, sp) == offsetof (struct uefi_regime, cptr) + 8);
STATIC_ASSERT (offsetof (struct uefi_regime, daif) == offsetof (struct uefi_regime, x18) + 8);
