/* SPDX-License-Identifier: GPL-2.0-only */
/* Where NOVA 24.08 does not do what its specification says; NOVA.md tells more. Used with kernel=nova on the command line only. */
#include <string.h>
#include <test.h>

struct deviation {
    char const *    theme;
    char const *    test;
    char const *    text;                               /* of the check; NULL: the whole test must not run      */
    char const *    why;
};

#define BEYOND  "takes the low 18 bits of a selector"
#define SECOND  "binds several SCs to one EC"
#define QOS     "asks for no CPU feature before the state of the configuration"
#define LAST    "the TSS ends before the last byte of the permission bitmap"
#define SLICE   "ctrl_sc leaves out the running time slice"
#define CR2     "an event other than #PF carries CR2, of whatever EC faulted last"
#define SELECT  "leaves DS, ES, FS and GS as the last domain had them"
#define RANGES  "an MSR space has the two ranges of the VMX bitmap and no other selectors"
#define WHOLE   "does not interrupt a delegation"
#define STATUS  "a successful ipc_call does not write its status"
#define FLAGS   "an event reply can set RFLAGS.TF and AC"
#define UNMASKED "does not mask messages"
#define LEAK    "never gives memory back, and then has none for the other tests"

static struct deviation const deviation[] = {
    { "create_ec", "bad_cap", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "create_pd", "bad_cap", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "create_pt", "bad_sel", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "create_pt", "bad_pd", "owner beyond SELNUM: BAD_CAP", BEYOND },
    { "create_pt", "bad_ec", "EC beyond SELNUM: BAD_CAP", BEYOND },
    { "create_sc", "bad_sel", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "create_sm", "bad_sel", "selector SELNUM: BAD_CAP", BEYOND },
    { "create_sm", "bad_sel", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "create_sm", "bad_pd", "owner beyond SELNUM: BAD_CAP", BEYOND },
    { "ctrl_ec", "bad_cap", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "ctrl_pd_obj", "bad_cap", "source space beyond SELNUM: BAD_CAP", BEYOND },
    { "ctrl_pt", "bad_cap", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "ctrl_sc", "bad_cap", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "ctrl_sm", "bad_cap", "up beyond SELNUM: BAD_CAP", BEYOND },
    { "ipc", "bad_cap", "selector beyond SELNUM: BAD_CAP", BEYOND },
    { "ipc", "bad_cap", "none of these called", BEYOND },
    { "ipc", "bad_cap", "and calls", BEYOND },

    { "create_ec", "bad_cap", "a failed creation leaves no UTCB behind", "maps the UTCB before it finds the selector in use" },
    { "create_sc", "twice", "a second SC for one EC: ABORTED", SECOND },
    { "root", "caps", "the root EC has an SC", SECOND },
    { "ctrl_hw", "qos", "L3 capacity: BAD_FTR, or ABORTED without configuration", QOS },
    { "ctrl_hw", "qos", "L2 capacity: BAD_FTR, or ABORTED without configuration", QOS },
    { "ctrl_hw", "qos", "MBA: BAD_FTR, or ABORTED without configuration", QOS },
    { "ctrl_hw", "qos", "QOS configuration: BAD_FTR", QOS },
    { "ctrl_hw", "qos", "QOS configuration with CDP: BAD_FTR", QOS },
    { "ctrl_pd_pio", "order", "IN works on the last but one", LAST },
    { "ctrl_pd_pio", "order", "IN works on the last one", LAST },
    { "ctrl_sc", "running", "the running time slice is part of it", SLICE },
    { "ctrl_sc", "idle_sum", "this CPU: busy time", SLICE },
    { "ctrl_sc", "idle_sum", "this CPU: they add up to the time that has passed", SLICE },
    { "ctrl_sc", "idle_sum", "another CPU: they add up to the time that has passed", SLICE },
    { "ctrl_sc", "idle_now", "a CPU that does nothing: its idle time is the time that passes", SLICE },
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
    { "ipc", "timeout", "flag T on an idle callee: SUCCESS", STATUS },
    { "ipc", "timeout", "flag T on an idle callee: status register is 0", STATUS },
    { "regs", "ipc", "ipc_call: status has no other bits", STATUS },
    { "regs", "ipc", "ipc_call: status", STATUS },
    { "ipc", "dead", "with flag T: ABORTED", "a dead callee counts as a busy one" },
    { "event", "rflags", "all ones: no system flag", FLAGS },
    { "event", "rflags_tf", "TF cannot be set", FLAGS },

    { "isolation", "event", "its qualification is that of this event: no address of an older page fault", CR2 },
    { "isolation", "selectors", "selectors of data: none after a semaphore woke an EC of another domain", SELECT },
    { "isolation", "selectors", "nor after a timeout preempted this one", SELECT },
    { "isolation", "selectors", "nor after a call by the slow path", SELECT },
    { "isolation", "selectors", "null selectors with bits: none after a semaphore woke an EC of another domain", SELECT },
    { "isolation", "selectors", "nor after its timeout preempted this one", SELECT },
    { "isolation", "selectors", "nor after a call by the slow path, with bits", SELECT },
    { "msi", "masked", "while it is masked, it is not signaled", UNMASKED },
    { "msi", "masked", "masked again", UNMASKED },

    { "leak", "small", NULL, LEAK }, { "leak", "ecs", NULL, LEAK }, { "leak", "domains", NULL, LEAK }, { "leak", "exhaust", NULL, LEAK },
    { "leak", "spaces", NULL, LEAK }, { "leak", "tables", NULL, LEAK },
};

bool nova (void)
{
    static char buf[16];
    char const *const k = root_option ("kernel", buf, sizeof (buf));

    return k && !strcmp (k, "nova");
}

static struct deviation const *find (char const *theme, char const *test, char const *text)
{
    if (nova())
        for (size_t i = 0; i < sizeof (deviation) / sizeof (deviation[0]); i++) {
            struct deviation const *const d = deviation + i;
            if (!strcmp (d->theme, theme) && !strcmp (d->test, test) && (text ? d->text && !strcmp (d->text, text) : !d->text))
                return d;
        }

    return NULL;
}

char const *nova_deviation (char const *theme, char const *test, char const *text)
{
    struct deviation const *const d = find (theme, test, text);

    return d ? d->why : NULL;
}

char const *nova_skip (char const *theme, char const *test)
{
    struct deviation const *const d = find (theme, test, NULL);

    return d ? d->why : NULL;
}
