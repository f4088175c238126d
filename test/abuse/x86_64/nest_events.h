/* SPDX-License-Identifier: GPL-2.0-only */
/* How many kinds of events nest_raise() can raise (nest_arch.c). */
#pragma once

enum { NEST_EVENTS = 7 };
