/* SPDX-License-Identifier: GPL-2.0-only */
/* The list of outputs. Includes the source, so that the lock and the list are in sight. */
#include "../../kernel/console/console.c"

#include <host.h>

struct recorder { struct console console; char text[2048]; size_t n; unsigned lines; };

static bool lock_held (void) { return lock.next != lock.owner; }

static void record (struct console *c, char ch)
{
    struct recorder *const r = container_of (c, struct recorder, console);

    assert_true (rlx_load (&panicking) || lock_held());
    assert_true (r->n < sizeof r->text - 1);
    r->text[r->n++] = ch;
    r->text[r->n] = 0;
}

static void ended (struct console *c)
{
    assert_true (rlx_load (&panicking) || !lock_held());
    container_of (c, struct recorder, console)->lines++;
}

static struct recorder a, b;

static int setup (void **state UNUSED)
{
    rlx_store (&first, NULL);
    rlx_store (&cpu, NULL);
    rlx_store (&muted, false);
    rlx_store (&panicking, false);
    a = (struct recorder){ .console = { .putc = record, .sync = ended } };
    b = (struct recorder){ .console = { .putc = record, .boot_only = true } };
    cmdline_set ("");
    return 0;
}

static void test_none (void **state UNUSED)
{
    print ("nobody listens");
    assert_false (lock_held());
}

static void test_two (void **state UNUSED)
{
    console_add (&a.console);
    print ("one %u", 1U);
    console_add (&b.console);
    console_add (&a.console);                           /* again: no effect                                         */
    print ("two %s", "2");
    assert_string_equal (a.text, "one 1\ntwo 2\n");
    assert_string_equal (b.text, "two 2\n");
    assert_int_equal (a.lines, 2);
    assert_false (lock_held());
}

static cpu_t cpu_seven (void) { return 7; }

static void test_cpu (void **state UNUSED)
{
    console_add (&a.console);
    console_cpu (cpu_seven);
    print ("hello");
    console_cpu (NULL);
    print ("again");
    assert_string_equal (a.text, "[ 7] hello\nagain\n");
}

static void test_long (void **state UNUSED)
{
    char text[600];

    memset (text, 'x', sizeof text - 1);
    text[sizeof text - 1] = 0;
    console_add (&a.console);
    print ("%s", text);
    assert_int_equal (a.n, LINE_MAX);
    assert_int_equal (a.text[LINE_MAX - 1], '\n');
    console_cpu (cpu_seven);
    print ("%s", text);
    assert_int_equal (a.n, 2 * LINE_MAX);
}

static void test_boot_done (void **state UNUSED)
{
    console_add (&a.console);
    console_add (&b.console);
    print ("boot");
    console_boot_done();
    print ("late");
    assert_string_equal (a.text, "boot\nlate\n");
    assert_string_equal (b.text, "boot\n");
    console_panic();
    print ("panic");
    assert_string_equal (a.text, "boot\nlate\npanic\n");
    assert_string_equal (b.text, "boot\npanic\n");
}

static void test_keep (void **state UNUSED)
{
    static char const *const mute[] = {
        "", "console", "console=", "console=kee", "console=keeper", "console=keep console=x",
    };

    console_add (&b.console);
    cmdline_set ("console=keep");
    console_boot_done();
    print ("kept");
    assert_string_equal (b.text, "kept\n");

    for (unsigned i = 0; i < ARRAY_SIZE (mute); i++) {
        rlx_store (&muted, false);
        cmdline_set (mute[i]);
        console_boot_done();
        assert_true (rlx_load (&muted));
    }
}

static void test_panic_unlocks (void **state UNUSED)
{
    console_add (&a.console);
    spin_lock (&lock);                                  /* some CPU stopped in the middle of a line                 */
    console_panic();
    print ("still speaks");
    assert_string_equal (a.text, "still speaks\n");
    spin_unlock (&lock);
}

static void add_b (void) { console_add (&b.console); }

static void test_last_resort (void **state UNUSED)
{
    console_add (&a.console);
    console_last_resort (add_b);
    print ("before");
    assert_string_equal (b.text, "");
    console_panic();
    print ("panic");
    assert_string_equal (a.text, "before\npanic\n");
    assert_string_equal (b.text, "panic\n");
    console_panic();                                    /* of another CPU                                           */
    print ("once");
    assert_string_equal (b.text, "panic\nonce\n");
}

static void test_no_last_resort (void **state UNUSED)
{
    console_last_resort (add_b);
    console_last_resort (NULL);
    console_panic();
    print ("nobody hears");
    assert_string_equal (b.text, "");
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test_setup (test_none, setup),
        cmocka_unit_test_setup (test_two, setup),
        cmocka_unit_test_setup (test_cpu, setup),
        cmocka_unit_test_setup (test_long, setup),
        cmocka_unit_test_setup (test_boot_done, setup),
        cmocka_unit_test_setup (test_keep, setup),
        cmocka_unit_test_setup (test_last_resort, setup),
        cmocka_unit_test_setup (test_no_last_resort, setup),
        cmocka_unit_test_setup (test_panic_unlocks, setup),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
