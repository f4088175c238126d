/* SPDX-License-Identifier: GPL-2.0-only */
#include <nova_arch.h>
#include <stddef.h>

#define QOS     "asks for no CPU feature before the state of the configuration"
#define LAST    "the TSS ends before the last byte of the permission bitmap"
#define CR2     "an event other than #PF carries CR2, of whatever EC faulted last"
#define SELECT  "leaves DS, ES, FS and GS as the last domain had them"
#define RANGES  "an MSR space has the two ranges of the VMX bitmap and no other selectors"
#define WHOLE   "does not interrupt a delegation"
#define FLAGS   "an event reply can set RFLAGS.TF and AC"
#define UNMASKED "does not mask messages"

struct deviation const deviation_arch[] = {
    { "ctrl_hw", "qos", "L3 capacity: BAD_FTR, or ABORTED without configuration", QOS },
    { "ctrl_hw", "qos", "L2 capacity: BAD_FTR, or ABORTED without configuration", QOS },
    { "ctrl_hw", "qos", "MBA: BAD_FTR, or ABORTED without configuration", QOS },
    { "ctrl_hw", "qos", "QOS configuration: BAD_FTR", QOS },
    { "ctrl_hw", "qos", "QOS configuration with CDP: BAD_FTR", QOS },
    { "ctrl_pd_pio", "order", "IN works on the last but one", LAST },
    { "ctrl_pd_pio", "order", "IN works on the last one", LAST },
    { "ctrl_pd_msr", "far", "MSR 0x2000, a null capability", RANGES },
    { "ctrl_pd_msr", "far", "MSR 0x40000000, a null capability", RANGES },
    { "ctrl_pd_msr", "far", "MSR 0xc0010114, a null capability", RANGES },
    { "ctrl_pd_msr", "far", "MSR 0xffffffff, a null capability", RANGES },
    { "ctrl_pd_msr", "far", "order 14", RANGES },
    { "ctrl_pd_msr", "far", "the lower half of all numbers", RANGES },
    { "ctrl_pd_msr", "far", "the upper half of all numbers", RANGES },
    { "ctrl_pd_msr", "far", "which is revoked", RANGES },
    { "ctrl_pd_dma", "preempt", "who took it away did not wait for all of it", WHOLE },
    { "ctrl_pd_gst", "preempt", "who took it away did not wait for all of it", WHOLE },
    { "event", "flags", "all ones: no system flag", FLAGS },
    { "event", "flags", "TF cannot be set", FLAGS },
    { "isolation", "event", "its qualification is that of this event: no address of an older page fault", CR2 },
    { "isolation", "selectors", "selectors of data: none after a semaphore woke an EC of another domain", SELECT },
    { "isolation", "selectors", "nor after a timeout preempted this one", SELECT },
    { "isolation", "selectors", "nor after a call by the slow path", SELECT },
    { "isolation", "selectors", "null selectors with bits: none after a semaphore woke an EC of another domain", SELECT },
    { "isolation", "selectors", "nor after its timeout preempted this one", SELECT },
    { "isolation", "selectors", "nor after a call by the slow path, with bits", SELECT },
    { "msi", "masked", "while it is masked, it is not signaled", UNMASKED },
    { "msi", "masked", "masked again", UNMASKED },
    { NULL, NULL, NULL, NULL },
};
