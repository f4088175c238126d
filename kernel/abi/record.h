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

_Static_assert (sizeof (struct record_list) == 8 && sizeof (struct record) == 8, "record layout");
_Static_assert (sizeof (struct record_memory) == 0x20 && sizeof (struct record_fail) == 0x18, "record layout");
