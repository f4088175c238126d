/* SPDX-License-Identifier: GPL-2.0-only */
/* Probes: leaf functions without a stack frame, so that they can be left from any instruction. */

        .section .text.probe, "ax"
        .globl  probe_begin, probe_end, probe_left, probe_left_call
        .globl  probe_insn_read, probe_insn_write, probe_insn_exec, probe_insn_in, probe_insn_fpu, probe_insn_pmu, probe_insn_pmu_control
probe_begin:
probe_insn_read:
        mov     (%rdi), %rax
        mov     %rax, (%rsi)
        xor     %eax, %eax
        ret
probe_insn_write:
        mov     %rsi, (%rdi)
        xor     %eax, %eax
        ret
probe_insn_in:
        mov     %edi, %edx
        in      %dx, %al
        xor     %eax, %eax
        ret
probe_insn_pmu:
        mov     %edi, %ecx
        rdpmc
        shl     $32, %rdx
        or      %rdx, %rax
        mov     %rax, (%rsi)
probe_insn_pmu_control:                 /* there are none: MSRs */
        xor     %eax, %eax
        ret
probe_insn_fpu:
        pxor    %xmm0, %xmm0
        xor     %eax, %eax
        ret
probe_insn_exec:
        call    *%rdi
        xor     %eax, %eax
        ret
probe_end:
probe_left_call:
        add     $8, %rsp
probe_left:
        mov     $1, %eax
        ret
