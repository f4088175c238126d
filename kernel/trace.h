/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Tracing of the IPC fast path: with trace=ipc on the kernel's command line, each CPU enters a copy of the fast path that has trace
 * points, which store the time and their number into a ring of that CPU (abi/record.h: record_trace). The usual copy has none.
 * The architecture has the copies and chooses between them.
 */
#pragma once

#include <abi/record.h>
#include <base/types.h>

/* Of one CPU, which alone touches it, with interrupts off. User space can write the ring: what is in use is kept here. */
struct trace_cpu {
    struct trace_ring *ring;                            /* null: this CPU is not traced                             */
    uint64_t mask;                                      /* entries of the ring - 1                                  */
    uint64_t count;                                     /* entries written                                          */
    uint64_t save[4];                                   /* what a trace point needs, from its first to its last instruction */
};

/* Boot CPU, after record_init(), with a command line: makes rings for so many CPUs if tracing is asked for */
void trace_init (unsigned cpus);

/* Each CPU: takes its ring, if there is one */
void trace_cpu_init (void);
