/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of user/hypercall.h as bench.h needs, without instructions of an architecture */
#pragma once

#include <stdint.h>
#include <abi/status.h>

struct hyp_regs {
    uint64_t    p0, p1, p2, p3, p4;
};

static inline enum status hyp_status (struct hyp_regs r) { return (enum status) (r.p0 & 0xff); }
