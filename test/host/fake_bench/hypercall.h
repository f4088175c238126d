/* SPDX-License-Identifier: GPL-2.0-only */
/* As much of user/hypercall.h as the suite's own parts need, without instructions of an architecture: hypercalls are the test's */
#pragma once

#include <stdint.h>
#include <abi/mtd.h>
#include <abi/status.h>
#include <abi/syscall.h>

struct hyp_regs {
    uint64_t    p0, p1, p2, p3, p4;
};

enum status hyp_create_sm (uint64_t sel, uint64_t pd, uint64_t cnt);
enum status hyp_create_ec (unsigned flags, uint64_t sel, uint64_t pd, uint64_t hvp, unsigned cpu, uint64_t sp, uint64_t evt);
enum status hyp_create_pt (uint64_t sel, uint64_t pd, uint64_t ec, uint64_t ip);
enum status hyp_ctrl_pd (uint64_t src, uint64_t dst, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm, uint32_t mad);
enum status hyp_ipc_call (uint64_t pt, uint32_t *mtd);
enum status hyp_sm_up (uint64_t sm);
enum status hyp_sm_down (uint64_t sm, uint64_t stc);
uint64_t hyp_scd (unsigned budget, unsigned prio, unsigned cos);

static inline enum status hyp_status (struct hyp_regs r) { return (enum status) (r.p0 & 0xff); }
