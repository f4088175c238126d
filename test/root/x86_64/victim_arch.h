/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions of x86 that raise exceptions. */
#pragma once

#define VICTIM_ENTER    "push %rbp; mov %rsp, %rbp"
#define VICTIM_JUMP     "jmp victim_next"
#define VICTIM_LEAVE    "mov %rbp, %rsp; pushq $0x202; popfq; pop %rbp; ret"
#define VICTIM_ADDR     "mov victim_addr(%rip), %rax"
#define VICTIM_TF       "pushq $0x302; popfq"
#define VICTIM_HIGH     "mov $1, %eax; shl $63, %rax"

#define VICTIM_LIST \
    VICTIM (ud,    "",           "ud2") \
    VICTIM (de,    "xor %ecx, %ecx; mov $1, %eax; xor %edx, %edx", "div %ecx") \
    VICTIM (bp,    "",           "int3") \
    VICTIM (of,    "",           "int $4") \
    VICTIM (db,    VICTIM_TF "; nop", "nop; pushq $0x202; popfq")      /* the trap is behind the first NOP */ \
    VICTIM (gp,    "mov $0xfff8, %eax", "mov %eax, %ds") \
    VICTIM (hlt,   "",           "hlt") \
    VICTIM (int80, "",           "int $0x80") \
    VICTIM (int14, "",           "int $14") \
    VICTIM (cli,   "",           "cli") \
    VICTIM (cr,    "",           "mov %cr3, %rax") \
    VICTIM (rdmsr, "xor %ecx, %ecx", "rdmsr") \
    VICTIM (in,    "mov $0x1234, %edx", "in %dx, %al") \
    VICTIM (canon, VICTIM_HIGH,  "mov (%rax), %rcx") \
    VICTIM (ss,    VICTIM_HIGH "; mov %rax, %rsp", "pop %rcx") \
    VICTIM (fpu,   "",           "pxor %xmm0, %xmm0") \
    VICTIM (read,  VICTIM_ADDR,  "mov (%rax), %cl") \
    VICTIM (write, VICTIM_ADDR "; mov $0x600dcafe, %ecx", "mov %rcx, (%rax)") \
    VICTIM (jump,  VICTIM_ADDR,  "call *%rax") \
    VICTIM (push,  "",           "push %rax; pop %rax") \
    VICTIM (step,  "mov $0xf, %edi; " VICTIM_TF, "syscall")            /* hypercall 0xf */
