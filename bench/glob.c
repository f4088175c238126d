/* SPDX-License-Identifier: GPL-2.0-only */
#include <glob.h>

static bool end (char c) { return !c || c == ',' || c == '+'; }

/* On a mismatch behind a star, the last star takes one character more; so the time is bounded by the product of both lengths. */
static bool glob (char const *p, char const *s)
{
    char const *star = 0, *mark = s;

    while (*s)
        if (*p == '*') {
            star = ++p;
            mark = s;
        } else if (!end (*p) && (*p == '?' || *p == *s)) {
            p++;
            s++;
        } else if (star) {
            p = star;
            s = ++mark;
        } else
            return false;

    while (*p == '*')
        p++;

    return end (*p);
}

bool glob_any (char const *p, char const *name)
{
    for (;;) {

        if (glob (p, name))
            return true;

        while (!end (*p))
            p++;

        if (!*p++)
            return false;
    }
}
