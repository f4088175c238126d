/* SPDX-License-Identifier: GPL-2.0-only */
/* A set of CPUs; plain words, the owner says which lock protects them. */
#pragma once

#include <base/macros.h>

#define CPU_MAX 64                                      /* CPUs beyond that stay parked, with one line at boot      */

struct cpuset { uint64_t bits; };

static inline void cpuset_set   (struct cpuset *s, cpu_t c)       { s->bits |=  BIT64 (c); }
static inline void cpuset_clear (struct cpuset *s, cpu_t c)       { s->bits &= ~BIT64 (c); }
static inline bool cpuset_test  (struct cpuset const *s, cpu_t c) { return s->bits >> c & 1; }
static inline bool cpuset_empty (struct cpuset const *s)          { return !s->bits; }
