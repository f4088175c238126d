/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernel tells beyond the interface specification: a list of records in a region of memory that the HIP names
 * (rec_start, rec_end). Shared with user space and documented in doc/interface.md.
 *
 * The region belongs to nobody: whoever maps it can write it, and deceives its other readers only. But for RECORD_FAIL of
 * a debug kernel, the kernel never reads what is there.
 */
#pragma once

#include <stdint.h>

#define RECORD_MAGIC    0x4345524e                      /* "NREC" in memory order                               */

enum {
    RECORD_MEMORY   = 1,
    RECORD_FAIL     = 2,                                /* debug kernels (make DEBUG=1) only                    */
    RECORD_TRACE    = 3,                                /* kernels that were booted with trace=ipc              */
    RECORD_PMU      = 4,                                /* kernels that were booted with pmu=                   */
    RECORD_SCREEN   = 5,                                /* machines whose boot loader or firmware names a screen */
    RECORD_PLATFORM = 6,
    RECORD_BOOT     = 7,
    RECORD_BOARD    = 8,                                /* machines whose SMBIOS only the kernel may see        */
};

struct record_list {                                    /* at rec_start, followed by the records                */
    uint32_t            magic;                          /* RECORD_MAGIC                                         */
    _Atomic (uint32_t)  length;                         /* of list and records, bytes. Ordering: release, records are complete */
};

struct record {                                         /* each record begins so, aligned to 8                  */
    uint32_t            type, length;                   /* length: of the entire record, bytes, multiple of 8   */
};

struct record_memory {                                  /* memory of the kernel. Ordering: relaxed              */
    struct record       head;
    uint64_t            total;                          /* pages that can be free, fixed                        */
    _Atomic (uint64_t)  free;                           /* pages that are                                       */
    _Atomic (uint64_t)  waiting;                        /* deleted objects and tables whose memory will be free later */
};

struct record_fail {                                    /* written by user space: which allocations fail. Ordering: relaxed */
    struct record       head;
    _Atomic (uint64_t)  skip;                           /* so many succeed first; counted down                  */
    _Atomic (uint64_t)  fail;                           /* then so many fail; counted down                      */
};

/*
 * The screen as boot loader or firmware has left it: memory that the kernel does not touch. The range from addr on, pitch * height bytes,
 * neither wraps around nor has kernel memory in it.
 */
enum { SCREEN_RGB = 1, SCREEN_TEXT = 2 };

struct record_screen {
    struct record       head;
    uint64_t            addr;                           /* physical                                             */
    uint32_t            pitch;                          /* bytes from one line to the next                      */
    uint32_t            width, height;                  /* pixels; SCREEN_TEXT: characters                      */
    uint8_t             type;                           /* SCREEN_RGB; SCREEN_TEXT: as of EGA, a character and its attribute in 16 bits */
    uint8_t             bits;                           /* of a pixel: 16, 24, 32; SCREEN_TEXT: 16              */
    struct { uint8_t pos, size; } colour[3];            /* red, green, blue: lowest bit and number of bits; SCREEN_TEXT: 0 */
};

/* Of the boot CPU, what privileged registers say. Frequencies that change make times of the same work differ. */
enum {
    PLATFORM_SCALING    = 1,                            /* firmware has left changes of frequency on            */
    PLATFORM_HWP        = 2,                            /* the CPU chooses its frequency itself                 */
    PLATFORM_TURBO      = 4,                            /* it may be higher than the nominal one                */
    PLATFORM_SMT        = 8,                            /* CPUs share cores                                     */
};

struct record_platform {
    struct record       head;
    uint64_t            cpu;                            /* CPUID leaf 1, EAX; MIDR_EL1                          */
    uint64_t            microcode;                      /* revision; 0: not known                               */
    uint64_t            known, on;                      /* PLATFORM_*: which of them can be told, and are so    */
};

/* What SMBIOS says of the machine: printable ASCII, terminated; "" where it says nothing */
#define BOARD_TEXT      64                              /* bytes, with the terminating zero; longer ones are cut        */

enum {
    BOARD_FIRMWARE_VENDOR, BOARD_FIRMWARE_VERSION, BOARD_FIRMWARE_DATE, BOARD_SYSTEM_VENDOR, BOARD_SYSTEM_NAME, BOARD_VENDOR, BOARD_NAME,
    BOARD_CPU,                                          /* what the processor in the first socket is called     */
    BOARD_TEXTS
};

struct record_board {
    struct record       head;
    uint64_t            chassis;                        /* type of the chassis (DSP0134, 7.4.1), 0: not known   */
    char                text[BOARD_TEXTS][BOARD_TEXT];
};

/* Points of the boot, by the system time counter, in no order that all architectures share; 0: not reached, or the counter stood at 0 */
enum boot_point {
    BOOT_ENTRY,                                         /* the kernel's first C function                        */
    BOOT_FIRMWARE,                                      /* boot information and tables are read, devices stopped, firmware left */
    BOOT_MEMORY,                                        /* allocator, and page tables of its own                */
    BOOT_OBJECTS,                                       /* clocks, interrupts, this CPU, the NOVA spaces        */
    BOOT_CPUS,                                          /* all CPUs are up                                      */
    BOOT_ROOT,                                          /* the root task can run                                */
    BOOT_POINTS
};

struct record_boot {
    struct record       head;
    uint64_t            time[BOOT_POINTS];              /* later versions may have more                         */
};

/*
 * What trace points of the IPC fast path have stored: a ring for each CPU, of which only that CPU writes. Entry n of a ring, the first
 * one of all is 0, is at index n % entries until entry n + entries takes its place.
 */
enum { TRACE_VERSION = 1, TRACE_ALIGN = 64 };

struct record_trace {
    struct record       head;
    uint32_t            version;                        /* TRACE_VERSION                                        */
    uint32_t            cpus;                           /* rings, in the order of CPU numbers                   */
    uint32_t            entries;                        /* of a ring, a power of two                            */
    uint32_t            offset;                         /* of the first ring from the start of the record, bytes; aligned to TRACE_ALIGN */
    uint32_t            stride;                         /* from one ring to the next, bytes                     */
    uint32_t            reserved;
};

struct trace_entry {                                    /* Ordering: relaxed, published by written              */
    _Atomic (uint64_t)  time;                           /* system time counter                                  */
    _Atomic (uint64_t)  id;                             /* enum trace_id                                        */
};

struct trace_ring {
    _Atomic (uint64_t)  written;                        /* entries since boot. Ordering: release, they are complete */
    uint64_t            reserved[7];
    struct trace_entry  entry[];
};

/*
 * Where the trace points are. ENTER and PROBE stand side by side, so that the time from one to the other is what a trace point costs;
 * what a later one ends is named. A hypercall that is neither ipc_call nor ipc_reply, or that leaves the fast path, has no more
 * entries from there on.
 */
enum trace_id {
    TRACE_ENTER = 1,                                    /* first thing in the kernel: end of user mode          */
    TRACE_PROBE,

    TRACE_CALL_SAVED,                                   /* entry: state of the caller is saved                  */
    TRACE_CALL_FOUND,                                   /* look-up: capability, portal, callee; it is taken     */
    TRACE_CALL_COPIED,                                  /* copy of the message                                  */
    TRACE_CALL_SWITCHED,                                /* switch of address spaces                             */
    TRACE_CALL_LEAVE,                                   /* exit: state of the callee is loaded; last thing in the kernel */

    TRACE_REPLY_SAVED,                                  /* the same for the reply                               */
    TRACE_REPLY_FOUND,
    TRACE_REPLY_COPIED,
    TRACE_REPLY_SWITCHED,
    TRACE_REPLY_LEAVE,
};

/*
 * Performance counters that user mode may read, each CPU its own. They count user mode and kernel, whoever runs, since the boot of that
 * CPU, and wrap at their width. X (name, word of pmu=); doc/bench/counters.md says what is counted on which CPU.
 */
#define PMU_EVENTS(X)                       \
    X (CYCLES,          "cycles")           \
    X (INSTRUCTIONS,    "instructions")     \
    X (BRANCH_MISSES,   "branch-misses")    \
    X (L1D_MISSES,      "l1d-misses")       \
    X (L2_MISSES,       "l2-misses")        \
    X (LLC_MISSES,      "llc-misses")       \
    X (DTLB_MISSES,     "dtlb-misses")      \
    X (ITLB_MISSES,     "itlb-misses")

#define PMU_ENUM(name, word)    PMU_##name,

enum pmu_event { PMU_EVENTS (PMU_ENUM) PMU_EVENT_COUNT };

struct pmu_counter {
    uint32_t            event;                          /* enum pmu_event                                       */
    uint32_t            selector;                       /* x86: ECX of RDPMC; aarch64: number of the event counter, PMU_CYCLE_COUNTER */
    uint32_t            width;                          /* bits                                                 */
    uint32_t            reserved;
};

enum { PMU_CYCLE_COUNTER = 31 };                        /* aarch64: PMCCNTR_EL0, as its bit in PMCNTENSET_EL0   */

struct record_pmu {
    struct record       head;
    _Atomic (uint64_t)  cpus;                           /* bit N: they count on CPU N, and can be read there. Ordering: relaxed */
    uint32_t            count;                          /* counters that follow                                 */
    uint32_t            reserved;
    struct pmu_counter  counter[];
};

_Static_assert (sizeof (struct record_pmu) == 0x18 && sizeof (struct pmu_counter) == 0x10, "record layout");
_Static_assert (sizeof (struct record_trace) == 0x20 && sizeof (struct trace_entry) == 0x10, "record layout");
_Static_assert (sizeof (struct record_screen) == 0x28 && sizeof (struct record_boot) == 0x38, "record layout");
_Static_assert (sizeof (struct record_platform) == 0x28, "record layout");
_Static_assert (sizeof (struct trace_ring) == TRACE_ALIGN, "record layout");
_Static_assert (sizeof (struct record_list) == 8 && sizeof (struct record) == 8, "record layout");
_Static_assert (sizeof (struct record_memory) == 0x20 && sizeof (struct record_fail) == 0x18, "record layout");
