/* SPDX-License-Identifier: GPL-2.0-only */
/* Architecture: the caches of this CPU, as far as user mode may know. */
#pragma once

#include <stddef.h>

/* Writes back to memory what the caches have of it, so that what does not ask them sees it. */
void cache_clean (void const *, size_t);

/* Bytes of the largest data or unified cache; 0: unknown */
size_t cache_bytes (void);
