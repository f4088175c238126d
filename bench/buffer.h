/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The lines of the protocol once more, in memory, for machines without a serial line: doc/line-protocol.md has the layout. All may be
 * called without a buffer.
 */
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Once, before the first line: takes the memory, and begins with what the kernel has said at boot. The word buffer=BYTES says how much. */
void buffer_init (void);

/* Prints the meta line buffer= */
void buffer_meta (void);

/* Keeps a line of n bytes, its end included, of that kind. What there is no room for is counted in the header. */
void buffer_line (char const *kind, char const *text, size_t n);

/* Its physical address and bytes. False: there is none */
bool buffer_place (uint64_t *phys, size_t *bytes);
