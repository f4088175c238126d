/* SPDX-License-Identifier: GPL-2.0-only */
/* Handlers of exceptions and other events of the EC that runs a benchmark. */
#pragma once

#include <bench.h>

/* Makes a portal the one for an event, instead of that of the driver. ec: selector, entry: a function of server.h */
bool exc_portal (struct bench_run *, unsigned event, uint64_t ec, void (*entry) (void), uint64_t pid, uint32_t mtd);
