/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * TIMED (name, aux, insns) makes name (): load the five parameter registers and X5 = aux, execute insns once between two readings of
 * the counter, hand back the parameter registers p0 and p1 and the ticks between the readings.
 *
 * Everything but insns is the same, instruction for instruction, in every such function; so the ticks of one with the operation left
 * out are the overhead of all others. name_delayed () is the same with a delay behind insns. name_cycles () and name_events () read
 * performance counters instead, and are else the same, too. A counter may be read early or late; the barriers keep its readings out of the
 * operation, and the operation between them. insns may use X9 and X10 besides.
 */
#pragma once

#include <abi/event_arch.h>
#include <bench.h>
#include <delay.h>
#include <hypercall.h>

/* What benchmarks of all architectures put together */
#define INSN_LOAD_AUX       "mov x0, x5"                    /* p0 = aux                                                 */
#define INSN_LOOP_INIT(n)   "mov w9, #" #n                  /* one instruction                                          */
#define INSN_LOOP           "1: subs w9, w9, #1; b.ne 1b"   /* n rounds of two instructions                             */
/* Hypercalls that do nothing until the word at aux is 0 */
#define INSN_SETTLE         "mov x9, x0; 1: ldr x10, [x5]; cbz x10, 2f; mov x0, #0xf; svc #0; yield; b 1b; 2: mov x0, x9"

#define INSN_FPU            ".arch_extension fp; fmov d0, xzr; .arch_extension nofp"      /* what is in V0, nobody here keeps     */
#define INSN_FENCE          "dsb sy"                        /* waits for all stores before it                           */
#define INSN_CHASE          "ldr x1, [x1]"                  /* p1 = what p1 points to                                   */
#define INSN_UNDEFINED      "udf #0"
#define EVENT_UNDEFINED     EXC_UNKNOWN
#define MTD_CONTINUE        MTD_EL2_ELR_SPSR                /* what server_skip changes                                 */
#define TEXT_UNDEFINED      "UDF to portal to reply with MTD = EL2_ELR_SPSR, server of 5 instructions"

/* Spins until X6 ticks are over; what is before it must be done. server.S has the same. */
#define INSN_DELAY          "isb; mrs x9, cntvct_el0; 2: isb; mrs x10, cntvct_el0; sub x10, x10, x9; cmp x10, x6; b.lo 2b"

#define TIMED(name, insns)                                                                                                  \
    TIMED_FUNCTION (name, READ_TICKS, insns)                                                                                \
    TIMED_FUNCTION (name##_delayed, READ_TICKS, insns "; " INSN_DELAY)                                                      \
    TIMED_FUNCTION (name##_cycles, READ_CYCLES, insns)                                                                      \
    TIMED_FUNCTION (name##_events, READ_EVENTS, insns)                                                                      \
    TIMED_FORMS (name)

/* The forms that read other counters, in the order of enum counter_way */
#define TIMED_COUNTED(name) name##_cycles, name##_events

/* To a register. Whoever else reads event counters on this CPU may have selected another one meanwhile: so it is done each time */
#define READ_TICKS(to)      "mrs %[" #to "], cntvct_el0"
#define READ_CYCLES(to)     "mrs %[" #to "], pmccntr_el0"
#define READ_EVENTS(to)     "msr pmselr_el0, x7; isb; mrs %[" #to "], pmxevcntr_el0"

#define TIMED_FUNCTION(name, read, insns)                                                                                   \
    static uint64_t name (struct hyp_regs *r, uint64_t aux)                                                                 \
    {                                                                                                                       \
        register uint64_t x0 __asm__ ("x0") = r->p0;                                                                        \
        register uint64_t x1 __asm__ ("x1") = r->p1;                                                                        \
        register uint64_t x2 __asm__ ("x2") = r->p2;                                                                        \
        register uint64_t x3 __asm__ ("x3") = r->p3;                                                                        \
        register uint64_t x4 __asm__ ("x4") = r->p4;                                                                        \
        register uint64_t x5 __asm__ ("x5") = aux;                                                                          \
        register uint64_t x6 __asm__ ("x6") = delay_behind;                                                                 \
        register uint64_t x7 __asm__ ("x7") = counter_selector;                                                             \
        uint64_t ticks, start;                                                                                              \
        __asm__ volatile ("isb                              \n\t"                                                           \
                          read (start) "                    \n\t"                                                           \
                          "isb                              \n\t"                                                           \
                          insns    "                        \n\t"                                                           \
                          "isb                              \n\t"                                                           \
                          read (ticks) "                    \n\t"                                                           \
                          "sub     %[ticks], %[ticks], %[start]"                                                            \
                          : [ticks] "=&r" (ticks), [start] "=&r" (start), "+r" (x0), "+r" (x1), "+r" (x2), "+r" (x3), "+r" (x4) \
                          : "r" (x5), "r" (x6), "r" (x7) : "x9", "x10", "cc", "memory");                                    \
        r->p0 = x0;                                                                                                         \
        r->p1 = x1;                                                                                                         \
        return ticks;                                                                                                       \
    }
