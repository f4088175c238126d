/* SPDX-License-Identifier: GPL-2.0-only */
/* What every host test starts with: cmocka, modelled physical memory, captured console lines, random numbers. */
#pragma once

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include <base/macros.h>

#define HOST_PHYS_BITS  46

extern uint64_t host_phys_end;                          /* first address beyond; host_mem_reset makes it the default */

/*
 * Modelled memory, seen by the kernel through window_map. Every mapping is a copy of exactly the size that was asked for,
 * at the end of its own allocation, and dies with the next mapping of the same window: the address sanitizer reports each
 * byte that is read outside of it or too late. What is not modelled reads as 0xff.
 */
extern uint64_t host_mem_changes;                       /* not 0: seed of changes in one of four mappings; reset clears it */

void host_mem_reset (void);
void host_mem_put (uint64_t addr, void const *data, size_t size);   /* copied; later ones lie over earlier ones     */

/* Lines that the code under test printed since host_lines_reset; format_line must agree with the C library on each */
#define HOST_LINES_MAX  1024

extern unsigned host_lines;
extern char host_line[HOST_LINES_MAX][256];

void host_lines_reset (void);
bool host_printed (char const *line);                               /* exactly this line, any position              */

/* Fails unless exactly these lines were printed, in this order */
#define assert_lines(...) host_assert_lines ((char const *const[]){ __VA_ARGS__, NULL }, __FILE__, __LINE__)
#define assert_no_lines() host_assert_lines ((char const *const[]){ NULL }, __FILE__, __LINE__)
void host_assert_lines (char const *const *expected, char const *file, int line);

/* Fails unless this line was printed */
#define assert_printed(l) host_assert_printed ((l), __FILE__, __LINE__)
void host_assert_printed (char const *expected, char const *file, int line);

/* xorshift64*; the same seed gives the same sequence everywhere */
static inline uint64_t host_random (uint64_t *seed)
{
    *seed ^= *seed >> 12;
    *seed ^= *seed << 25;
    *seed ^= *seed >> 27;
    return *seed * UINT64_C (2685821657736338717);
}

/* Little-endian fields at any offset, for tables that tests build */
static inline void host_put16 (uint8_t *p, size_t off, uint16_t v) { memcpy (p + off, &v, sizeof v); }
static inline void host_put32 (uint8_t *p, size_t off, uint32_t v) { memcpy (p + off, &v, sizeof v); }
static inline void host_put64 (uint8_t *p, size_t off, uint64_t v) { memcpy (p + off, &v, sizeof v); }
