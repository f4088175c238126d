/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of benchmarks and the patterns that select them. */
#pragma once

#include <stdbool.h>

/* patterns: globs (* and ?) separated by commas or plus signs */
bool glob_any (char const *patterns, char const *name);
