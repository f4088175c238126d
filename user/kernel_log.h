/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel has said at boot, in its memory-buffer console (interface specification, C.1). */
#pragma once

#include <stddef.h>

/* Copies the first line that has this text in it, from there on. Null, and "" in buf: there is none. Nothing is taken out of the
 * console. */
char const *kernel_log (char const *text, char *buf, size_t size);

/* Copies all that is there, its begin if that is more than size; a line that does not end gets an end. Returns the number of bytes. */
size_t kernel_log_copy (char *buf, size_t size);
