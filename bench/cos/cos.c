/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Classes of service: what it takes to set a limit (ctrl_hw 5 to 7, interface specification, 5.5.1). The limit set is none, for class 0,
 * which all scheduling contexts here have: nothing else is changed by it. README.md says what is to come.
 *
 * The first configuration of a CPU decides for good whether code and data are apart there: cos.*.cdp run alone, on their first boot.
 */
#include <features.h>
#include <panic.h>
#include <timed.h>

/* param: which resource, and whether code and data are apart */
enum { RESOURCE = 3, CDP = 1 << 2 };

static unsigned const op[] = { [COS_L3] = CTRL_HW_L3, [COS_L2] = CTRL_HW_L2, [COS_MBA] = CTRL_HW_MBA };

static enum cos_resource resource (struct bench_run const *run) { return run->bench->param & RESOURCE; }

/* Mask or delay from bit 16 on; class 0, or its data where code is apart, in bits 15...0 */
static struct hyp_regs regs (struct bench_run const *run, uint64_t limit)
{
    return (struct hyp_regs) { .p0 = hyp_id (HYPERCALL_ctrl_hw, op[resource (run)]) | abi_put_ctrl_hw_desc (limit << 16) };
}

/* Both are asked, since either may lack it. The kernel: ABORTED before there is a configuration, BAD_FTR if there will be none */
static bool setup (struct bench_run *run)
{
    bool const cdp = run->bench->param & CDP;
    enum status const says = hyp_ctrl_hw (op[resource (run)], 0);
    uint64_t limit;

    if (!features_cos (resource (run), cdp, &limit))
        return bench_skip (run, "the CPU does not have it; the kernel answers %s", status_name (says));

    if (says == STATUS_BAD_FTR)
        return bench_skip (run, "the CPU has it; the kernel answers BAD_FTR");

    /* Bit 0: L3, bit 1: L2. Established before, it is as cos.*.mask wants it. */
    enum status const status = hyp_ctrl_hw (CTRL_HW_QOS, !cdp ? 0 : resource (run) == COS_L3 ? 1 : 2);

    if (status == STATUS_ABORTED && cdp)
        return bench_skip (run, "this CPU was configured before: run it alone");

    if (status != STATUS_ABORTED)
        TRY (run, status);

    run->regs = regs (run, limit);

    return true;
}

TIMED (timed, ABI_TRAP);
TIMED (empty, "");

#define COS(what, text, parameter, ...)                                                                                     \
    { .name = "cos." what, .group = "cos", .op = "ctrl_hw that sets the " text " of class 0 to no limit",                   \
      .kind = KIND_OPERATION, .timed = timed, .empty = empty, .param = parameter, .setup = setup, __VA_ARGS__ }

static struct bench const cos[] = {
    COS ("l3.mask",   "L3 mask", COS_L3, .control = true),
    COS ("l2.mask",   "L2 mask", COS_L2),
    COS ("mba.delay", "delay of memory accesses", COS_MBA),
    COS ("l3.cdp",    "L3 mask for data", COS_L3 | CDP),
    COS ("l2.cdp",    "L2 mask for data", COS_L2 | CDP),
};

BENCHES (cos);
