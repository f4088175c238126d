/* SPDX-License-Identifier: GPL-2.0-only */
/* Output of root tasks on a serial line that is slow, that takes nothing for a while or for ever, and that is not there. */
#include <host.h>

#include <console.h>
#include <serial.h>

enum { ALWAYS = 0, NEVER = 1 << 30, PATIENT = 1 << 20 };

static bool present;
static unsigned busy, looks, since;                     /* looks after a character until there is room          */
static char taken[4096];
static unsigned count;

bool serial_init (void) { return present; }
bool serial_idle (void) { looks++; return since++ >= busy; }

bool serial_room (void)
{
    assert_true (present);
    looks++;

    return since++ >= busy;
}

void serial_put (char c)
{
    assert_true (since > busy);
    taken[count++] = c;
    since = 0;
}

static void begin (bool there, unsigned after)
{
    present = there;
    busy    = after;
    looks   = since = count = 0;
    memset (taken, 0, sizeof (taken));
    console_init();
}

static void test_line (void **state UNUSED)
{
    begin (true, ALWAYS);
    console_printf ("a %u\nb", 5);
    assert_string_equal (taken, "a 5\r\nb");
    assert_int_equal (looks, 6);
}

static void test_none (void **state UNUSED)
{
    begin (false, ALWAYS);
    console_printf ("text\n");
    console_flush();
    assert_int_equal (count, 0);
}

/* Nothing is lost, however slow it is */
static void test_slow (void **state UNUSED)
{
    begin (true, PATIENT / 10);
    console_write ("abcdefgh", 8);
    console_flush();
    assert_string_equal (taken, "abcdefgh");
}

/* A dead line costs its time once, not for each of megabytes */
static void test_dead (void **state UNUSED)
{
    begin (true, NEVER);

    for (unsigned i = 0; i < 1000; i++)
        console_write ("0123456789", 10);

    console_flush();
    assert_int_equal (count, 0);
    assert_true (looks >= PATIENT && looks <= PATIENT + 10001);
}

/* When it goes on, so does the text; and it is waited for again */
static void test_stall (void **state UNUSED)
{
    begin (true, NEVER);
    console_write ("lost", 4);
    console_flush();

    busy = ALWAYS;
    console_write ("kept", 4);
    assert_string_equal (taken, "kept");

    busy  = NEVER;
    looks = since = 0;
    console_write ("lost again", 10);
    assert_true (looks >= PATIENT && looks < PATIENT + 10);
    assert_string_equal (taken, "kept");
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_line),
        cmocka_unit_test (test_none),
        cmocka_unit_test (test_slow),
        cmocka_unit_test (test_dead),
        cmocka_unit_test (test_stall),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
