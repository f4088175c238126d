/* SPDX-License-Identifier: GPL-2.0-only */
/* Results in the Test Anything Protocol. */
#include <console.h>
#include <format.h>
#include <help.h>
#include <panic.h>
#include <tap.h>

struct tap tap;

void result (bool ok, char const *theme, char const *test, char const *text, char const *why)
{
    char const *const known = nova_deviation (theme, test, text);

    tap.count++;

    if (ok || known)
        tap.passed++;

    if (!ok && known)
        tap.known++;

    console_printf ("%sok %u - %s.%s: %s%s%s%s%s\n", ok || known ? "" : "not ", tap.count, theme, test, text,
                    !ok && known ? " # TODO NOVA " : "", !ok && known ? known : "", !ok && why[0] ? " # " : "", ok ? "" : why);

    if (ok && known)
        console_printf ("# this NOVA passes, which was not expected: %s\n", known);
}

bool check (bool ok, char const *text)
{
    result (ok, tap.theme, tap.test, text, "");
    return ok;
}

bool check_eq (uint64_t got, uint64_t want, char const *text)
{
    char why[64];

    format (why, sizeof (why), "got %#lx want %#lx", got, want);
    result (got == want, tap.theme, tap.test, text, why);

    return got == want;
}

bool check_ge (uint64_t got, uint64_t least, char const *text)
{
    char why[64];

    format (why, sizeof (why), "got %#lx want at least %#lx", got, least);
    result (got >= least, tap.theme, tap.test, text, why);

    return got >= least;
}

bool check_status (enum status got, enum status want, char const *text)
{
    char why[64];

    format (why, sizeof (why), "got %s (%#x) want %s", status_name (got), got, status_name (want));
    result (got == want, tap.theme, tap.test, text, why);

    return got == want;
}

static void give_up (void)
{
    test_ended = true;
    hyp_sm_up (test_over);

    for (;;)
        hyp_sm_down (test_never, 0);
}

void need (bool ok, char const *text)
{
    if (!ok) {
        check (false, text);
        give_up();
    }
}

void need_status (enum status s, char const *text)
{
    if (s != STATUS_SUCCESS) {
        check_status (s, STATUS_SUCCESS, text);
        give_up();
    }
}
