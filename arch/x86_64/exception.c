/* SPDX-License-Identifier: GPL-2.0-only */
/* What happens on an exception or interrupt, by vector and by where it came from. */
#include <exception.h>

#include <abi/event_arch.h>
#include <base/assert.h>
#include <console/console.h>
#include <cpu.h>
#include <cpu_local.h>
#include <cr.h>
#include <ec.h>
#include <ec_fpu.h>
#include <interrupt_arch.h>
#include <ipc.h>
#include <lapic.h>
#include <panic.h>
#include <scheduler.h>
#include <timeout.h>
#include <tlb.h>
#include <vectors.h>

INDIRECT_NEVER void exception_user (uint32_t vector, struct ec *ec)
{
    ec->regs.event = vector;
    ec->regs.cr2   = vector == EXC_PF ? cr2_read() : 0;

    cpu_local.next = ec;

    if (vector == EXC_NM && ec_fpu_claim (ec))
        return;

    ipc_event (ec);
}

INDIRECT_NEVER void interrupt_arrived (uint32_t vector)
{
    switch (vector) {

        case VEC_TIMER:
            lapic_eoi();
            if (timeout_interrupt())
                scheduler_slice_end();
            break;

        case VEC_IPI_RKE:
            lapic_eoi();
            cpu_kicked();
            break;

        case VEC_IPI_TLB:
            lapic_eoi();
            tlb_serve();
            break;

        case VEC_IPI_HALT:
            cpu_halt_forever();

        default:
            interrupt_handle ((uint8_t)vector);
            break;
    }
}

/* SSP of before: the CPU has pushed it last, if there was a shadow stack then (SDM 2A, INT n) */
static uint64_t old_ssp (struct exception_frame const *f, uint64_t const *shadow) { return shadow && !(f->cs & 3) ? *shadow : 0; }

static char const *meaning (uint32_t vector, uint64_t error)
{
    /* SDM 3A, 6.15, interrupt 21 */
    static char const *const cp[] = { "", " (NEAR-RET)", " (FAR-RET/IRET)", " (ENDBRANCH)", " (RSTORSSP)", " (SETSSBSY)" };

    return vector == EXC_CP && (error & 0x7fff) < ARRAY_SIZE (cp) ? cp[error & 0x7fff] : "";
}

void interrupt_kernel (uint32_t vector, struct exception_frame const *f, uint64_t const *shadow)
{
    if (LIKELY (vector >= VEC_EXC_COUNT)) {
        interrupt_arrived (vector);
        return;
    }

    if (vector == EXC_DB) {                             /* e.g. a data breakpoint that SYSCALL overtook: not ours   */
        dr6_write (0);
        return;
    }

    if (vector == EXC_NMI) {                            /* anywhere, even with the console locked: only counted     */
        cpu_local.arch.nmis++;
        return;
    }

    panic ("exception %u in the kernel: error %#lx%s, IP %#lx, SP %#lx, CR2 %#lx, SSP %#lx", vector, f->error, meaning (vector, f->error),
           f->rip, f->rsp, cr2_read(), old_ssp (f, shadow));
}
