/* SPDX-License-Identifier: GPL-2.0-only */
/* Architectural layout of a UTCB on x86 (interface specification, 8.7.3). Shared with user space. */
#pragma once

#include <stddef.h>
#include <stdint.h>

struct utcb_segment {
    uint16_t    sel, ar;                                /* selector; access rights (8.7.3.1)                    */
    uint32_t    limit;
    uint64_t    base;
};

struct utcb_arch {
    uint64_t    gpr[16];                                /* R0...R15: rax rcx rdx rbx rsp rbp rsi rdi r8...r15   */
    uint64_t    rflags, rip;
    uint32_t    inst_len, inst_info, int_state, act_state;
    uint64_t    qual[3];                                /* host: error code, page-fault address; guest: all     */
    uint64_t    reserved_b8;
    uint32_t    ctrl_pri, ctrl_sec;                     /* execution controls                                   */
    uint64_t    ctrl_ter;                               /* execution controls                                   */
    uint64_t    intcpt_cr0, intcpt_cr4;                 /* bits of the register that are intercepted            */
    uint32_t    intcpt_exc, pf_mask, pf_match, tpr_threshold;
    uint32_t    inj_info, inj_error, vect_info, vect_error; /* interruption (8.7.3.2), what it hit         */
    struct utcb_segment cs, ss, ds, es, fs, gs, tr, ldtr, gdtr, idtr;
    uint64_t    pdpte[4];
    uint64_t    cr0, cr2, cr3, cr4, cr8, dr7;
    uint64_t    xcr0, xss;
    uint64_t    apic_base;
    uint64_t    sysenter_cs, sysenter_esp, sysenter_eip;
    uint64_t    pat, efer, star, lstar, fmask, kernel_gs_base, tsc_aux;
    uint64_t    sel_gst, sel_pio, sel_msr;              /* selectors of spaces to assign                        */
};

_Static_assert (offsetof (struct utcb_arch, rflags)    == 0x080, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, qual)      == 0x0a0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, ctrl_pri)  == 0x0c0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, inj_info)  == 0x0f0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, cs)        == 0x100, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, pdpte)     == 0x1a0, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, apic_base) == 0x200, "UTCB layout");
_Static_assert (offsetof (struct utcb_arch, sel_msr)   == 0x268, "UTCB layout");
