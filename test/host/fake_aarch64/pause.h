/* SPDX-License-Identifier: GPL-2.0-only */
/* Nobody waits: CPUs of host tests run one after the other. */
#pragma once

static inline void pause (void) { __builtin_trap(); }
