/* SPDX-License-Identifier: GPL-2.0-only */
/* Compiler attributes, in one place so that a move to C23 is one file. */
#pragma once

/* INDIRECT_TARGET: called through a pointer. INDIRECT_NEVER: never called so, and often. See doc/cfp.md */
#include <compiler_arch.h>

#define ALWAYS_INLINE   static inline __attribute__ ((always_inline))
#define ALIGNED(x)      __attribute__ ((aligned (x)))
#define COLD            __attribute__ ((cold))
#define FORMAT(x, y)    __attribute__ ((format (printf, (x), (y))))
#define HOT             __attribute__ ((hot))
#define MUST_CHECK      __attribute__ ((warn_unused_result))
#define NOINLINE        __attribute__ ((noinline))
#define NORETURN        _Noreturn
#define PACKED          __attribute__ ((packed))
#define SECTION(x)      __attribute__ ((section (x)))
#define UNUSED          __attribute__ ((unused))
#define USED            __attribute__ ((used))

/* Before a loop with a constant number of rounds, at most 32 */
#ifdef __clang__
#define UNROLL          _Pragma ("clang loop unroll (full)")
#else
#define UNROLL          _Pragma ("GCC unroll 32")
#endif

#define LIKELY(x)       __builtin_expect (!!(x), 1)
#define UNLIKELY(x)     __builtin_expect (!!(x), 0)
#define UNREACHED       __builtin_unreachable()

#define STATIC_ASSERT(x) _Static_assert (x, #x)
