/* SPDX-License-Identifier: GPL-2.0-only */
/* Readings of the counter around an operation, for figures that begin or end in another EC (stamp.h of the architecture). */
#pragma once

#include <stdint.h>
#include <abi/status.h>

struct stamps {
    uint64_t    start, end;
    enum status status;
};
