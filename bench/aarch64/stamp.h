/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * STAMPED (name, insns) makes name (): insns between two readings of the counter, which hands back both. p0 and p1 are parameters.
 *
 * What follows the first reading, up to insns, is what follows the reading of a server (server.S), and what precedes the second one
 * precedes that as well. So the ticks between any two of them have the same overhead, that of STAMPED with nothing in it.
 */
#pragma once

#include <hypercall.h>
#include <stamps.h>

#define STAMPED(name, insns)                                                                                                \
    static struct stamps name (struct hyp_regs r)                                                                           \
    {                                                                                                                       \
        register uint64_t x0 __asm__ ("x0") = r.p0;                                                                         \
        register uint64_t x1 __asm__ ("x1") = r.p1;                                                                         \
        uint64_t start, end;                                                                                                \
        __asm__ volatile ("isb                              \n\t"                                                           \
                          "mrs     %[end], cntvct_el0       \n\t"                                                           \
                          "isb                              \n\t"                                                           \
                          "str     %[end], %[start]         \n\t"                                                           \
                          insns    "                        \n\t"                                                           \
                          "isb                              \n\t"                                                           \
                          "mrs     %[end], cntvct_el0"                                                                      \
                          : [end] "=&r" (end), [start] "=m" (start), "+r" (x0), "+r" (x1)                                   \
                          : : "x2", "x3", "x4", "x9", "x10", "cc", "memory");                                               \
        r.p0 = x0;                                                                                                          \
        return (struct stamps) { start, end, hyp_status (r) };                                                              \
    }                                                                                                                       \
    _Static_assert (sizeof (#name) > 1, "takes the semicolon")
