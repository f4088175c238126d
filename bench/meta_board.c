/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of board and firmware, and what makes the figures of a machine uncertain, as far as the machine tells. */
#include <board.h>
#include <devicetree.h>
#include <format.h>
#include <line.h>
#include <meta.h>
#include <record.h>
#include <string.h>

static void fact (char const *key, char const *value)
{
    char word[2 * BOARD_TEXT];

    if (*value)
        line ("meta", "%s=%s", key, line_word (word, sizeof (word), value));
}

void meta_warn (char const *what, char const *text)
{
    char key[64];

    format (key, sizeof (key), "warn_%s", what);
    fact (key, text);
}

/* The board's own name, or, where nobody has given it one, that of the whole machine (DSP0134, 7.2 and 7.3) */
static void names (struct record_board const *b)
{
    char const *const vendor = b->text[BOARD_FIRMWARE_VENDOR], *const version = b->text[BOARD_FIRMWARE_VERSION];
    char both[2 * BOARD_TEXT];

    fact ("board_vendor", b->text[*b->text[BOARD_VENDOR] ? BOARD_VENDOR : BOARD_SYSTEM_VENDOR]);
    fact ("board_name", b->text[*b->text[BOARD_NAME] ? BOARD_NAME : BOARD_SYSTEM_NAME]);
    fact ("system_name", b->text[BOARD_SYSTEM_NAME]);
    fact ("cpu_socket_name", b->text[BOARD_CPU]);

    format (both, sizeof (both), *vendor && *version ? "%s %s" : "%s%s", vendor, version);
    fact ("firmware", both);
    fact ("firmware_date", b->text[BOARD_FIRMWARE_DATE]);
}

/* Whether it runs on its battery is behind AML, which nobody here interprets; that it may have one is not (7.4.1) */
static void chassis (struct record_board const *b)
{
    static uint8_t const portable[] = { 8, 9, 10, 11, 14, 30, 31, 32 };

    for (unsigned i = 0; i < sizeof (portable); i++)
        if (b->chassis == portable[i])
            meta_warn ("battery", "a portable machine, whether it runs on its battery cannot be told");
}

static void privileged (void)
{
    static struct { uint64_t bit; char const *what, *text; } const warning[] = {
        { PLATFORM_SCALING, "scaling", "firmware has left changes of frequency on (EIST, P-states)" },
        { PLATFORM_HWP,     "hwp",     "the CPU chooses its frequency itself (HWP, CPPC)" },
        { PLATFORM_TURBO,   "turbo",   "on" },
        { PLATFORM_SMT,     "smt",     "CPUs share cores" },
    };
    struct record_platform const *const p = record_platform();

    if (!p)
        return;

    line ("meta", "cpu_id=%#lx", p->cpu);

    if (p->microcode)
        line ("meta", "microcode=%#lx", p->microcode);

    for (unsigned i = 0; i < sizeof (warning) / sizeof (warning[0]); i++)
        if (p->known & p->on & warning[i].bit)
            meta_warn (warning[i].what, warning[i].text);
}

void meta_print_board (void)
{
    struct record_board const *const b = board();

    privileged();

    if (b) {
        names (b);
        chassis (b);
    } else
        fact ("board_name", dt_model());
}
