/* SPDX-License-Identifier: GPL-2.0-only */
/* Signals between CPUs, idling, stopping. */
#include <cpu.h>

#include <cpu_local.h>
#include <exception.h>
#include <ipi.h>
#include <lapic.h>
#include <vectors.h>

void ipi_tlb (cpu_t c) { lapic_ipi (cpu_remote[c]->arch.apic_id, VEC_IPI_TLB); }

void cpu_kick (cpu_t c) { lapic_ipi (cpu_remote[c]->arch.apic_id, VEC_IPI_RKE); }

void cpu_stop (cpu_t c) { lapic_ipi (cpu_remote[c]->arch.apic_id, VEC_IPI_HALT); }

/* STI takes effect after the next instruction, so no interrupt slips in between (Intel SDM 2B, STI) */
void cpu_idle (void) { __asm__ volatile ("sti; hlt; cli" : : : "memory"); }

void cpu_halt_forever (void)
{
    for (;;)
        __asm__ volatile ("cli; hlt");
}
