/* SPDX-License-Identifier: GPL-2.0-only */
/* Runs the selected tests, each in a worker of its own, and prints the total. Options: only=, skip=THEME,THEME.TEST; kernel=nova;
 * slow=N; end=off, and what user/exit.h says */
#include <console.h>
#include <help.h>
#include <machine.h>
#include <mem.h>
#include <panic.h>
#include <string.h>
#include <tap.h>

enum { TIMEOUT_S = 10 };

extern struct test_table const registry_start[], registry_end[];

struct thread *worker;

static void work (void *arg)
{
    struct test const *const t = arg;

    t->fn();

    test_ended = true;
    hyp_sm_up (test_over);
}

static void run (struct test const *t, unsigned seconds)
{
    char const *const skip = nova_skip (tap.theme, tap.test);

    if (skip) {
        tap.count++;
        tap.passed++;
        tap.known++;
        console_printf ("ok %u - %s.%s # SKIP NOVA %s\n", tap.count, tap.theme, tap.test, skip);
        return;
    }

    test_ended = test_faulted = false;

    /* What an earlier test's threads left there */
    while (hyp_sm_down (test_over, 1) == STATUS_SUCCESS) ;


    worker = global_new (0, work, (void *) (uintptr_t) t);
    MUST (thread_start (worker, hyp_scd (BUDGET_MS, PRIO_WORKER, 0)));

    enum status const s = hyp_sm_down (test_over, stc_read() + (seconds ? seconds : TIMEOUT_S) * time_factor * root.hip->stc_freq);

    if (test_faulted)
        fault_print (t->name);

    if (test_faulted || !test_ended)
        result (false, tap.theme, tap.test, "runs to its end", test_faulted ? "exception" : s == STATUS_TIMEOUT ? "hangs" : "died");

    threads_kill();
}

/* A word of the list, between commas or plus signs (QEMU wants each comma of -initrd doubled), is a theme or THEME.TEST */
static bool selected (char const *list, char const *theme, char const *test)
{
    size_t const n = strlen (theme), k = strlen (test);

    for (char const *p = list; *p; p += *p == ',' || *p == '+') {

        char const *e = p;

        while (*e && *e != ',' && *e != '+')
            e++;

        size_t const len = (size_t) (e - p);

        if (len >= n && !strncmp (p, theme, n) &&
            (len == n || (len == n + 1 + k && p[n] == '.' && !strncmp (p + n + 1, test, k))))
            return true;

        p = e;
    }

    return false;
}

/* end=off: by ctrl_hw, as end=reset is by the runtime. Returns if that is not asked for, or fails. */
static void power_off (void)
{
    enum { S5 = 5 };                                     /* \_S5 of QEMU and Bochs is { 0, 0 }: bits 3...8 stay 0   */
    char how[8];

    if (!root_option ("end", how, sizeof (how)) || strcmp (how, "off"))
        return;

    enum status const s = hyp_ctrl_hw (CTRL_HW_SLEEP, S5);

    console_printf ("end=off: %s\n", status_name (s));
}

int main (void)
{
    static char only[512], skip[512];
    bool const all = !root_option ("only", only, sizeof (only)), some = root_option ("skip", skip, sizeof (skip));

    machine_init();
    time_factor = root_option_number ("slow", 1);
    test_over  = sel_alloc (0);
    test_never = sel_alloc (0);
    MUST (hyp_create_sm (test_over,  sel_root_pd(), 0));
    MUST (hyp_create_sm (test_never, sel_root_pd(), 0));

    console_printf ("TAP version 13\n");

    for (struct test_table const *t = registry_start; t < registry_end; t++)
        for (size_t i = 0; i < t->count; i++)
            if ((all || selected (only, t->theme, t->test[i].name)) && !(some && selected (skip, t->theme, t->test[i].name))) {
                tap.theme = t->theme;
                tap.test  = t->test[i].name;
                run (t->test + i, t->seconds);
            }

    console_printf ("1..%u\n", tap.count);

    if (tap.known)
        console_printf ("# %u known deviations of NOVA count as passed\n", tap.known);

    console_printf ("%u passed, %u failed\n", tap.passed, tap.count - tap.passed);

    if (tap.passed == tap.count)
        power_off();

    return tap.passed < tap.count || !tap.count;
}
