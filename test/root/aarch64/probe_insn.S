/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes: leaf functions without a stack frame, so that they can be left from any instruction. */

        .section .text.probe, "ax"
        .globl  probe_begin, probe_end, probe_left, probe_left_call
        .globl  probe_insn_read, probe_insn_write, probe_insn_exec, probe_insn_fpu
probe_begin:
probe_insn_read:
        ldr     x2, [x0]
        str     x2, [x1]
        mov     w0, wzr
        ret
probe_insn_write:
        str     x1, [x0]
        mov     w0, wzr
        ret
        .arch_extension fp
probe_insn_fpu:
        fmov    d0, xzr
        mov     w0, wzr
        ret
probe_insn_exec:
        mov     x9, x30                 /* what is called may change X0...X8 */
        blr     x0
        mov     x30, x9
        mov     w0, wzr
        ret
probe_end:
probe_left_call:
        mov     x30, x9
probe_left:
        mov     w0, #1
        ret

        .section .note.GNU-stack, "", @progbits
