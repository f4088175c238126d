/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions state what the kernel itself guarantees, never what user space or firmware hands in. DEBUG=1 checks them. */
#pragma once

#include <panic.h>

#if DEBUG
#define assert(x)   do { if (__builtin_expect (!(x), 0)) panic ("assertion \"%s\" failed at %s:%d", #x, __FILE__, __LINE__); } while (0)
#else
#define assert(x)   do { (void)sizeof (x); } while (0)
#endif
