/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for a shared word that another CPU is about to change, in a piece of code that nothing interrupts. */
#pragma once

#include <base/atomic.h>
#include <base/types.h>
#include <pause.h>

/* Until there is something else than v */
static inline void wait_change (_Atomic (uint64_t) *p, uint64_t v)
{
    while (acq_load (p) == v)
        pause();
}
