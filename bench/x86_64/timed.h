/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TIMED (name, aux, insns) makes name (): load the five parameter registers and RBX = aux, execute insns once between two
 * readings of the counter, hand back the parameter registers p0 and p1 and the ticks between the readings.
 *
 * Everything but insns is the same, instruction for instruction, in every such function; so the ticks of one with the
 * operation left out are the overhead of all others. name_delayed () is the same with a delay behind insns. name_counted () reads
 * the performance counter that counter_selector names instead of the TSC, and is else the same, too.
 *
 * RDTSC takes RAX and RDX, hence p2 and p3 are loaded behind it. The fences keep an out-of-order CPU from moving the readings into the
 * operation, or it around them; RDPMC is as little serializing as RDTSC (SDM 2B). A hypercall changes RCX and R11; insns may use these
 * two and R9 besides.
 */
#pragma once

#include <abi/event_arch.h>
#include <bench.h>
#include <delay.h>
#include <hypercall.h>

/* What benchmarks of all architectures put together */
#define INSN_LOAD_AUX       "mov %%rbx, %%rdi"              /* p0 = aux                                                 */
#define INSN_LOOP_INIT(n)   "mov $" #n ", %%ecx"            /* one instruction                                          */
#define INSN_LOOP           "1: dec %%ecx; jnz 1b"          /* n rounds of two instructions                             */
/* Hypercalls that do nothing until the word at aux is 0 */
#define INSN_SETTLE         "mov %%rdi, %%r9; 1: cmpq $0, (%%rbx); je 2f; mov $0xf, %%edi; syscall; pause; jmp 1b; 2: mov %%r9, %%rdi"

#define INSN_FPU            "xorps %%xmm0, %%xmm0"          /* what is in XMM0, nobody here keeps                   */
#define INSN_FENCE          "mfence"                        /* waits for all stores before it                           */
#define INSN_CHASE          "mov (%%rsi), %%rsi"            /* p1 = what p1 points to                                   */
#define INSN_UNDEFINED      "ud2"
#define EVENT_UNDEFINED     EXC_UD
#define MTD_CONTINUE        MTD_RIP                         /* what server_skip changes                                 */
#define TEXT_UNDEFINED      "UD2 to portal to reply with MTD = RIP, server of 3 instructions"

/* Spins until R14 ticks are over; what is before it must be done. server.S has the same. */
#define INSN_DELAY          "lfence; rdtsc; shl $32, %%rdx; lea (%%rax, %%rdx), %%r9; "                                     \
                            "2: rdtsc; shl $32, %%rdx; or %%rdx, %%rax; sub %%r9, %%rax; cmp %%r14, %%rax; jb 2b"

#define TIMED(name, insns)                                                                                                  \
    TIMED_FUNCTION (name, READ_TICKS, insns)                                                                                \
    TIMED_FUNCTION (name##_delayed, READ_TICKS, insns "; " INSN_DELAY)                                                      \
    TIMED_FUNCTION (name##_counted, READ_COUNTER, insns)                                                                    \
    TIMED_FORMS (name)

/* The forms that read other counters, in the order of enum counter_way */
#define TIMED_COUNTED(name) name##_counted

/* To EDX:EAX, from R15 */
#define READ_TICKS          "rdtsc"
#define READ_COUNTER        "mov %%r15d, %%ecx; rdpmc"

#define TIMED_FUNCTION(name, read, insns)                                                                                   \
    static uint64_t name (struct hyp_regs *r, uint64_t aux)                                                                 \
    {                                                                                                                       \
        register uint64_t r8 __asm__ ("r8") = r->p4;                                                                        \
        register uint64_t r12 __asm__ ("r12") = r->p2;                                                                      \
        register uint64_t r13 __asm__ ("r13") = r->p3;                                                                      \
        register uint64_t r14 __asm__ ("r14") = delay_behind;                                                               \
        register uint64_t r15 __asm__ ("r15") = counter_selector;                                                           \
        uint64_t ticks, start;                                                                                              \
        __asm__ volatile ("lfence                           \n\t"                                                           \
                          read     "                        \n\t"                                                           \
                          "lfence                           \n\t"                                                           \
                          "shl     $32, %%rdx               \n\t"                                                           \
                          "lea     (%%rax, %%rdx), %[start] \n\t"                                                           \
                          "mov     %[p2], %%rdx             \n\t"                                                           \
                          "mov     %[p3], %%rax             \n\t"                                                           \
                          insns    "                        \n\t"                                                           \
                          "lfence                           \n\t"                                                           \
                          read     "                        \n\t"                                                           \
                          "shl     $32, %%rdx               \n\t"                                                           \
                          "or      %%rdx, %%rax             \n\t"                                                           \
                          "sub     %[start], %%rax"                                                                         \
                          : "=&a" (ticks), [start] "=&r" (start), "+D" (r->p0), "+S" (r->p1), "+r" (r8)                     \
                          : [p2] "r" (r12), [p3] "r" (r13), "b" (aux), "r" (r14), "r" (r15)                                 \
                          : "rdx", "rcx", "r9", "r11", "cc", "memory");                                                     \
        return ticks;                                                                                                       \
    }
