/* SPDX-License-Identifier: GPL-2.0-only */
#include <cfp.h>

#include <base/macros.h>
#include <cmdline.h>
#include <console/console.h>

struct cfp cfp;

static char const *const level[] = { "none", "branch", "return", "full" };

static unsigned number (struct cfp c) { return c.branch | (unsigned)c.ret << 1; }

/* cfp=LEVEL: no more than that */
static unsigned allowed (void)
{
    char const *value;
    size_t length;

    for (unsigned i = 0; i < ARRAY_SIZE (level); i++)
        if (cmdline_is ("cfp", level[i]))
            return i;

    if (cmdline_value ("cfp", &value, &length))
        print ("CFP: cfp=... is not one of none, branch, return, full");

    return 3;
}

void cfp_init (void)
{
    unsigned const limit = allowed();
    struct cfp const built = { CFP_BRANCH, CFP_RETURN };

    cfp = cfp_arch_limit ((struct cfp) { built.branch && limit & 1, built.ret && limit & 2 });

    print ("CFP: %s in use, built for %s", level[number (cfp)], level[number (built)]);
}
