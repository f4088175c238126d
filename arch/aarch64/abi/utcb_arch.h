/* SPDX-License-Identifier: GPL-2.0-only */
/* Architectural layout of a UTCB on aarch64 (interface specification, 7.7.3). Shared with user space. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct utcb_arch {
    uint64_t    gpr[31];                                /* X0...X30                                             */
    uint64_t    sp_el0, tpidr_el0, tpidrro_el0;
    uint32_t    spsr_abt, spsr_fiq, spsr_irq, spsr_und; /* AArch32                                              */
    uint32_t    dacr, ifsr, hstr, reserved_12c;         /* AArch32                                              */
    uint64_t    sp_el1, tpidr_el1, contextidr_el1;
    uint64_t    elr_el1, spsr_el1, esr_el1, far_el1;
    uint64_t    afsr0_el1, afsr1_el1;
    uint64_t    ttbr0_el1, ttbr1_el1, tcr_el1;
    uint64_t    mair_el1, amair_el1, vbar_el1, sctlr_el1, mdscr_el1;
    uint64_t    reserved_1b8;
    uint64_t    hcr_el2, hcrx_el2, vpidr_el2, vmpidr_el2;
    uint64_t    elr_el2, spsr_el2;                      /* where the EC continues, and its PSTATE               */
    uint64_t    esr_el2, far_el2, hpfar_el2;            /* why the event happened                               */
    uint64_t    reserved_208;
    uint64_t    cntv_cval_el0, cntv_ctl_el0, cntkctl_el1, cntvoff_el2;
    uint64_t    lr[16];                                 /* list registers of the GIC                            */
    uint32_t    ap0r[4], ap1r[4];                       /* active priorities                                    */
    uint32_t    elrsr, vmcr;                            /* empty list registers; virtual machine control        */
    uint64_t    reserved_2d8;
    uint64_t    sel_gst;                                /* selector of the space to assign                      */
};

_Static_assert (offsetof (struct utcb_arch, sp_el0)        == 0x0f8, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, spsr_abt)      == 0x110, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, sp_el1)        == 0x130, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, far_el1)       == 0x160, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, mdscr_el1)     == 0x1b0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, hcr_el2)       == 0x1c0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, elr_el2)       == 0x1e0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, hpfar_el2)     == 0x200, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, cntv_cval_el0) == 0x210, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, lr)            == 0x230, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, ap0r)          == 0x2b0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, elrsr)         == 0x2d0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, sel_gst)       == 0x2e0, "UTCB layout");
