/* SPDX-License-Identifier: GPL-2.0-only */
#include <abi/syscall.h>
#include <console.h>
#include <exit.h>
#include <hypercall.h>
#include <panic.h>
#include <root.h>
#include <string.h>

/* The descriptor of ctrl_hw for a reset of the platform */
#define RESET   7

/* Returns if the machine does not reset, with the reason on the console */
static void reset (unsigned value)
{
    console_printf ("\nThe run has ended with status %u. The machine resets.\n", value);
    console_flush();

    enum status const s = hyp_ctrl_hw (CTRL_HW_SLEEP, RESET);

    console_printf ("It does not: %s. It can be switched off.\n", status_name (s));
}

_Noreturn void machine_exit (unsigned value)
{
    char buf[8];
    char const *const end = root_option ("end", buf, sizeof (buf));

    if (!end)
        emulator_exit (value);
    else if (!strcmp (end, "reset"))
        reset (value);
    else
        console_printf ("\nThe run has ended with status %u. The machine can be switched off.\n", value);

    uint64_t const sm = sel_alloc (0);

    for (hyp_create_sm (sm, sel_root_pd(), 0); ; hyp_sm_down (sm, 0)) ;
}
