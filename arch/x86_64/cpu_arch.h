/* SPDX-License-Identifier: GPL-2.0-only */
/* x86 part of a CPU's data */
#pragma once

#include <base/types.h>

struct cpu_arch {
    uint32_t apic_id;                                   /* fixed                                                    */
    uint32_t nmis;                                      /* arrived so far                                           */
};
