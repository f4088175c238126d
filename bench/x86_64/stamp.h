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
        uint64_t start, end;                                                                                                \
        __asm__ volatile ("lfence                           \n\t"                                                           \
                          "rdtsc                            \n\t"                                                           \
                          "lfence                           \n\t"                                                           \
                          "shl     $32, %%rdx               \n\t"                                                           \
                          "lea     (%%rax, %%rdx), %%rcx    \n\t"                                                           \
                          "mov     %%rcx, %[start]          \n\t"                                                           \
                          insns    "                        \n\t"                                                           \
                          "lfence                           \n\t"                                                           \
                          "rdtsc                            \n\t"                                                           \
                          "shl     $32, %%rdx               \n\t"                                                           \
                          "or      %%rdx, %%rax"                                                                            \
                          : "=&a" (end), [start] "=m" (start), "+D" (r.p0), "+S" (r.p1)                                     \
                          : : "rdx", "rcx", "r8", "r9", "r11", "cc", "memory");                                             \
        return (struct stamps) { start, end, hyp_status (r) };                                                              \
    }                                                                                                                       \
    _Static_assert (sizeof (#name) > 1, "takes the semicolon")
