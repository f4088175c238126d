/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Hypercall stubs. hyp_CALL () takes the parameters of the specification in their order and returns the status code;
 * hyp_raw () takes and returns the bare parameter registers, for tests of encodings and of what the kernel leaves in them.
 */
#pragma once

#include <stdint.h>
#include <abi/status.h>
#include <abi/syscall.h>
#include <abi/syscall_arch.h>

struct hyp_regs {
    uint64_t    p0, p1, p2, p3, p4;
};

static inline struct hyp_regs hyp_raw (struct hyp_regs r)
{
    register uint64_t p0 __asm__ (ABI_REG_P0) = r.p0;
    register uint64_t p1 __asm__ (ABI_REG_P1) = r.p1;
    register uint64_t p2 __asm__ (ABI_REG_P2) = r.p2;
    register uint64_t p3 __asm__ (ABI_REG_P3) = r.p3;
    register uint64_t p4 __asm__ (ABI_REG_P4) = r.p4;
    __asm__ volatile (ABI_TRAP : "+r" (p0), "+r" (p1), "+r" (p2), "+r" (p3), "+r" (p4) : : ABI_CLOBBERS);
    return (struct hyp_regs) { p0, p1, p2, p3, p4 };
}

/* Hypercall identifier: number and flags, to be joined with the selector in p0 */
static inline uint64_t hyp_id (unsigned number, unsigned flags) { return number | flags << HYPERCALL_FLAG_SHIFT; }

/* The status of a hypercall is the low byte of p0 */
static inline enum status hyp_status (struct hyp_regs r) { return (enum status) (r.p0 & 0xff); }

static inline enum status hyp_ipc_call_flags (unsigned flags, uint64_t pt, uint32_t *mtd)
{
    struct hyp_regs const r = hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ipc_call, flags) | abi_put_ipc_call_pt (pt),
                                                           .p1 = abi_put_ipc_call_mtd (*mtd) });
    *mtd = (uint32_t) r.p1;
    return hyp_status (r);
}

static inline enum status hyp_ipc_call (uint64_t pt, uint32_t *mtd) { return hyp_ipc_call_flags (0, pt, mtd); }

static inline enum status hyp_create_pd (unsigned op, uint64_t sel, uint64_t pd)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_create_pd, op) | abi_put_create_pd_sel (sel),
                                                    .p1 = pd }));
}

/* hvp is a page number */
static inline enum status hyp_create_ec (unsigned flags, uint64_t sel, uint64_t pd, uint64_t hvp, unsigned cpu, uint64_t sp,
                                         uint64_t evt)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_create_ec, flags) | abi_put_create_ec_sel (sel),
                                                    .p1 = pd,
                                                    .p2 = abi_put_create_ec_hvp (hvp) | abi_put_create_ec_cpu (cpu),
                                                    .p3 = sp, .p4 = evt }));
}

/* Scheduling context descriptor: budget in milliseconds, priority, class of service */
static inline uint64_t hyp_scd (unsigned budget, unsigned prio, unsigned cos)
{
    return abi_put_create_sc_budget (budget) | abi_put_create_sc_prio (prio) | abi_put_create_sc_cos (cos);
}

static inline enum status hyp_create_sc (uint64_t sel, uint64_t pd, uint64_t ec, uint64_t scd)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_create_sc, 0) | abi_put_create_sc_sel (sel), .p1 = pd,
                                                    .p2 = ec, .p3 = scd }));
}

static inline enum status hyp_create_pt (uint64_t sel, uint64_t pd, uint64_t ec, uint64_t ip)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_create_pt, 0) | abi_put_create_pt_sel (sel), .p1 = pd,
                                                    .p2 = ec, .p3 = ip }));
}

static inline enum status hyp_create_sm (uint64_t sel, uint64_t pd, uint64_t cnt)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_create_sm, 0) | abi_put_create_sm_sel (sel), .p1 = pd,
                                                    .p2 = cnt }));
}

/* ssb and dsb are selectors: for memory, page numbers */
static inline enum status hyp_ctrl_pd (uint64_t src, uint64_t dst, uint64_t ssb, uint64_t dsb, unsigned ord, unsigned pmm,
                                       uint32_t mad)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pd, 0) | abi_put_ctrl_pd_src (src), .p1 = dst,
                                                    .p2 = abi_put_ctrl_pd_ssb (ssb) | abi_put_ctrl_pd_ord (ord),
                                                    .p3 = abi_put_ctrl_pd_dsb (dsb) | abi_put_ctrl_pd_pmm (pmm),
                                                    .p4 = abi_put_ctrl_pd_mad (mad) }));
}

static inline enum status hyp_ctrl_ec (unsigned flags, uint64_t ec)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_ec, flags) | abi_put_ctrl_ec_ec (ec) }));
}

static inline enum status hyp_ctrl_sc (uint64_t sc, uint64_t *stc)
{
    struct hyp_regs const r = hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_sc, 0) | abi_put_ctrl_sc_sc (sc) });
    *stc = r.p1;
    return hyp_status (r);
}

static inline enum status hyp_ctrl_pt (uint64_t pt, uint64_t pid, uint32_t mtd)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_pt, 0) | abi_put_ctrl_pt_pt (pt), .p1 = pid,
                                                    .p2 = abi_put_ctrl_pt_mtd (mtd) }));
}

static inline enum status hyp_ctrl_sm (unsigned flags, uint64_t sm, uint64_t stc)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_sm, flags) | abi_put_ctrl_sm_sm (sm), .p1 = stc }));
}

static inline enum status hyp_sm_up (uint64_t sm) { return hyp_ctrl_sm (0, sm, 0); }

/* stc: absolute time of the timeout, 0 for none */
static inline enum status hyp_sm_down (uint64_t sm, uint64_t stc) { return hyp_ctrl_sm (FLAG_SM_DOWN, sm, stc); }

static inline enum status hyp_ctrl_hw (unsigned op, uint64_t desc)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_hw, op) | abi_put_ctrl_hw_desc (desc) }));
}

static inline enum status hyp_assign_int (unsigned flags, uint64_t sm, uint64_t cpu, uint64_t dev, uint32_t *addr,
                                          uint16_t *data)
{
    struct hyp_regs const r = hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_assign_int, flags) | abi_put_assign_int_sm (sm),
                                                           .p1 = cpu, .p2 = abi_put_assign_int_dev (dev) });
    *addr = (uint32_t) r.p1;
    *data = (uint16_t) r.p2;
    return hyp_status (r);
}

/* smmu is a page number */
static inline enum status hyp_assign_dev (uint64_t dma, uint64_t smmu, uint64_t dad)
{
    return hyp_status (hyp_raw ((struct hyp_regs) { .p0 = hyp_id (HYPERCALL_assign_dev, 0) | abi_put_assign_dev_dma (dma),
                                                    .p1 = abi_put_assign_dev_smmu (smmu), .p2 = dad }));
}
