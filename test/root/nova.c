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

static struct deviation const deviation[] = {
    { "", "", "", "" },
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
