/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes: leaf functions without a stack frame, so that they can be left from any instruction. */

        .section .text.probe, "ax"
        .globl  probe_begin, probe_end, probe_left, probe_left_call
        .globl  probe_insn_read, probe_insn_write, probe_insn_exec, probe_insn_fpu, probe_insn_pmu, probe_insn_pmu_control
probe_begin:
probe_insn_read:
        ldr     x2, [x0]
        str     x2, [x1]
        b       1f
probe_insn_write:
        str     x1, [x0]
        b       1f
        .arch_extension fp
probe_insn_fpu:
        fmov    d0, xzr
        b       1f
probe_insn_exec:
        mov     x9, x30                 /* what is called may change X0...X8 */
        blr     x0
        mov     x30, x9
1:      mov     w0, wzr
        ret

/*
 * Pointer authentication, by number, since older assemblers have no names for it. In: X0 = value, X1 = modifier, X2 = where the result
 * goes: 0 if the instruction has not changed the value, which is in X0 and in X17
 */
.macro  KEY insn
        .balign 32
        mov     x16, x1
        mov     x17, x0
        .inst   \insn
        eor     x0, x0, x17
        str     x0, [x2]
        mov     w0, wzr
        ret
.endm
        .globl  probe_insn_key
        .balign 32
probe_insn_key:
        .irp    n, 8, 10, 12, 14        /* HINT: PACIA1716, PACIB1716, AUTIA1716, AUTIB1716 */
        KEY     0xd503201f + (\n << 5)
        .endr
        .irp    n, 0, 1, 2, 3, 4, 5, 6, 7       /* PACIA, PACIB, PACDA, PACDB, AUTIA, AUTIB, AUTDA, AUTDB X0, X1 */
        KEY     0xdac10020 + (\n << 10)
        .endr
        KEY     0x9ac13000              /* PACGA X0, X0, X1 */
        .irp    access, 0xd5380000, 0xd5180000  /* MRS, MSR X0: APIAKeyLo_EL1 and so on, IB, DA, DB, GA */
        .irp    n, 0x2100, 0x2120, 0x2140, 0x2160, 0x2200, 0x2220, 0x2240, 0x2260, 0x2300, 0x2320
        KEY     \access + \n
        .endr
        .endr

/* Performance counters: the value of one (31: of cycles). MRS PMCR_EL0, and MSR PMCNTENCLR_EL0 */
probe_insn_pmu:
        mrs     x2, pmccntr_el0
        cmp     x0, #31
        b.eq    2f
        msr     pmselr_el0, x0
        isb
        mrs     x2, pmxevcntr_el0
2:      str     x2, [x1]
        b       1b
probe_insn_pmu_control:
        cbz     x0, 3f
        msr     pmcntenclr_el0, xzr
3:      mrs     x0, pmcr_el0
        b       1b
probe_end:
probe_left_call:
        mov     x30, x9
probe_left:
        mov     w0, #1
        ret
