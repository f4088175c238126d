/* SPDX-License-Identifier: GPL-2.0-only */
/* The region of records (abi/record.h): what user space may observe beyond the specification. */
#pragma once

#include <abi/record.h>
#include <base/types.h>

/* Boot CPU, once: makes the region an empty list. It must be aligned to 8 and stay mapped. */
void record_init (void *region, size_t size);

/* Boot CPU: appends a record of that length (a multiple of 8) with zeroes behind its head. Null when the region is full. */
void *record_add (uint32_t type, size_t length);

/* Boot CPU, after buddy_init() and record_init(): adds the records of the memory pool, which it keeps up to date. */
void record_memory_init (void);
