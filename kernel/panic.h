/* SPDX-License-Identifier: GPL-2.0-only */
/* The last line a kernel prints. */
#pragma once

#include <base/compiler.h>

/* Prints one line on every console and stops all CPUs. For broken guarantees of our own only. */
NORETURN COLD void panic (char const *format, ...) FORMAT (1, 2);
