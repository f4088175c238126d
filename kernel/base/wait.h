/* SPDX-License-Identifier: GPL-2.0-only */
/* Waiting for a shared word that another CPU is about to change, in a piece of code that nothing interrupts. */
#pragma once

#include <base/atomic.h>
#include <base/types.h>
#include <pause.h>

/* What is there instead of v; acquires it */
static inline uint64_t wait_change (_Atomic (uint64_t) *p, uint64_t v)
{
    for (;;) {

        uint64_t const now = acq_load (p);

        if (now != v)
            return now;

        pause();
    }
}
