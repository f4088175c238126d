/* SPDX-License-Identifier: GPL-2.0-only */
/* Where NOVA 24.08 does not do what its specification says; NOVA.md tells more. Used with kernel=nova on the command line only. */
#include <nova_arch.h>
#include <string.h>
#include <test.h>

#define BEYOND  "takes the low 18 bits of a selector"
#define SECOND  "binds several SCs to one EC"
#define SLICE   "ctrl_sc leaves out the running time slice"
#define STATUS  "a successful ipc_call does not write its status"
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
    { "ctrl_sc", "running", "the running time slice is part of it", SLICE },
    { "ctrl_sc", "idle_sum", "this CPU: busy time", SLICE },
    { "ctrl_sc", "idle_sum", "this CPU: they add up to the time that has passed", SLICE },
    { "ctrl_sc", "idle_sum", "another CPU: they add up to the time that has passed", SLICE },
    { "ctrl_sc", "idle_now", "a CPU that does nothing: its idle time is the time that passes", SLICE },
    { "ipc", "timeout", "flag T on an idle callee: SUCCESS", STATUS },
    { "ipc", "timeout", "flag T on an idle callee: status register is 0", STATUS },
    { "regs", "ipc", "ipc_call: status has no other bits", STATUS },
    { "regs", "ipc", "ipc_call: status", STATUS },
    { "ipc", "dead", "with flag T: ABORTED", "a dead callee counts as a busy one" },

    { "leak", "small", NULL, LEAK }, { "leak", "ecs", NULL, LEAK }, { "leak", "domains", NULL, LEAK }, { "leak", "exhaust", NULL, LEAK },
    { "leak", "spaces", NULL, LEAK }, { "leak", "tables", NULL, LEAK },
    { NULL, NULL, NULL, NULL },
};

bool nova (void)
{
    static char buf[16];
    char const *const k = root_option ("kernel", buf, sizeof (buf));

    return k && !strcmp (k, "nova");
}

static struct deviation const *find_in (struct deviation const *d, char const *theme, char const *test, char const *text)
{
    for (; d->theme; d++)
        if (!strcmp (d->theme, theme) && !strcmp (d->test, test) && (text ? d->text && !strcmp (d->text, text) : !d->text))
            return d;

    return NULL;
}

static struct deviation const *find (char const *theme, char const *test, char const *text)
{
    if (!nova())
        return NULL;

    struct deviation const *const d = find_in (deviation, theme, test, text);

    return d ? d : find_in (deviation_arch, theme, test, text);
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
