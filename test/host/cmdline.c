/* SPDX-License-Identifier: GPL-2.0-only */
/* Command-line words. */
#include <cmdline.h>
#include <multiboot.h>

#include <host.h>

static void assert_value (char const *name, char const *expected)
{
    char const *value = "untouched";
    size_t length = 99;
    bool const found = cmdline_value (name, &value, &length);

    assert_int_equal (found, !!expected);

    if (expected) {
        assert_int_equal (length, strlen (expected));
        assert_memory_equal (value, expected, length);
    } else {
        assert_string_equal (value, "untouched");
        assert_int_equal (length, 99);
    }
}

static void test_words (void **state UNUSED)
{
    cmdline_set ("/boot/kilonova  serial\tconsole=keep root=a=b empty= last");
    assert_true (cmdline_flag ("serial"));
    assert_true (cmdline_flag ("last"));
    assert_true (cmdline_flag ("console=keep"));
    assert_false (cmdline_flag ("seria"));
    assert_false (cmdline_flag ("erial"));
    assert_false (cmdline_flag ("serials"));
    assert_false (cmdline_flag ("console"));
    assert_false (cmdline_flag (""));
    assert_value ("console", "keep");
    assert_value ("root", "a=b");
    assert_value ("empty", "");
    assert_value ("serial", NULL);
    assert_value ("onsole", NULL);
    assert_value ("consol", NULL);
    assert_value ("keep", NULL);
}

static void test_last_wins (void **state UNUSED)
{
    cmdline_set ("a=1 b=2 a=3");
    assert_value ("a", "3");
    assert_value ("b", "2");
}

static void test_empty (void **state UNUSED)
{
    cmdline_set ("");
    assert_false (cmdline_flag ("a"));
    assert_false (cmdline_flag (""));
    assert_value ("a", NULL);

    cmdline_set (" \t\r\n ");
    assert_false (cmdline_flag (""));
    assert_value ("", NULL);

    cmdline_set ("=x");
    assert_value ("", "x");
}

static void test_cut (void **state UNUSED)
{
    char text[2 * CMDLINE_MAX];

    memset (text, 'x', sizeof text);
    text[sizeof text - 1] = 0;
    text[CMDLINE_MAX - 6] = ' ';                        /* 4 characters of the next word are kept                   */
    cmdline_set (text);
    assert_true (cmdline_flag ("xxxx"));
    assert_false (cmdline_flag ("xxxxx"));

    cmdline_set ("short");                              /* nothing is left of the text before                       */
    assert_true (cmdline_flag ("short"));
    assert_false (cmdline_flag ("xxxx"));
}

static void test_long_names (void **state UNUSED)
{
    char name[1000];

    memset (name, 'x', sizeof name - 1);
    name[sizeof name - 1] = 0;
    cmdline_set (name);
    assert_false (cmdline_flag (name));
    assert_value (name, NULL);
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_words),
        cmocka_unit_test (test_last_wins),
        cmocka_unit_test (test_empty),
        cmocka_unit_test (test_cut),
        cmocka_unit_test (test_long_names),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
