/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory-buffer console (interface specification, C.1): a ring of characters that user space reads. */
#pragma once

#include <console/console.h>

#define MBUF_HEADER     8

/* The region: header, then N characters to its end. User space can write all of it. */
struct mbuf {
    _Atomic (uint32_t)  read;                           /* Ordering: relaxed; the consumer's, and ours when full */
    _Atomic (uint32_t)  write;                          /* Ordering: released by us, acquired by the consumer       */
    _Atomic (char)      text[];                         /* Ordering: relaxed, published by write                    */
};

_Static_assert (sizeof (struct mbuf) == MBUF_HEADER, "fixed by the specification");
_Static_assert (offsetof (struct mbuf, write) == 4, "fixed by the specification");

extern struct console mbuf_console;

/*
 * Called after each line, on the CPU that prints, without the console lock: ups the signaling semaphore. Print is
 * called from anywhere, so the function must not take a lock that a caller of print can hold. Null: no semaphore.
 */
extern void (*_Atomic mbuf_signal) (void);

/* The region must be aligned to 8 and stay mapped; below 16 bytes there is no console. Boot CPU, before console_add. */
void mbuf_init (void *region, size_t size);

/* Gives the characters that are in the buffer to another output, which was not there when they came. Boot CPU. */
void mbuf_replay (struct console *);
