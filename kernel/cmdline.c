/* SPDX-License-Identifier: GPL-2.0-only */
/* The text is kept as one terminated copy; a look-up walks its words. Of several values for a key the last counts. */
#include <cmdline.h>

#include <multiboot.h>
#include <string.h>

static char copy[CMDLINE_MAX];

static bool is_blank (char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

/* The word at or after *s, of *length characters; moves *s behind it. Null if there is none. */
static char const *next_word (char const **s, size_t *length)
{
    while (is_blank (**s))
        ++*s;

    char const *const word = *s;

    while (**s && !is_blank (**s))
        ++*s;

    *length = (size_t)(*s - word);

    return *length ? word : NULL;
}

void cmdline_set (char const *text)
{
    size_t const n = strnlen (text, sizeof copy - 1);

    memcpy (copy, text, n);
    memset (copy + n, 0, sizeof copy - n);
}

bool cmdline_flag (char const *name)
{
    size_t const n = strnlen (name, sizeof copy);
    char const *s = copy, *word;
    size_t length;

    while ((word = next_word (&s, &length)))
        if (length == n && !memcmp (word, name, n))
            return true;

    return false;
}

bool cmdline_value (char const *name, char const **value, size_t *length)
{
    size_t const n = strnlen (name, sizeof copy);
    char const *s = copy, *word;
    size_t len;
    bool found = false;

    while ((word = next_word (&s, &len))) {

        if (len <= n || word[n] != '=' || memcmp (word, name, n))
            continue;

        *value = word + n + 1;
        *length = len - n - 1;
        found = true;
    }

    return found;
}

bool cmdline_is (char const *name, char const *text)
{
    char const *value;
    size_t length;

    return cmdline_value (name, &value, &length) && length == strnlen (text, sizeof copy) && !memcmp (value, text, length);
}
