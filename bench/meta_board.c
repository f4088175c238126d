/* SPDX-License-Identifier: GPL-2.0-only */
/* Names of board and firmware, and what makes the figures of a machine uncertain, as far as the machine tells. */
#include <board.h>
#include <devicetree.h>
#include <format.h>
#include <line.h>
#include <meta.h>
#include <record.h>
#include <string.h>

enum { NAME = 64 };

static void fact (char const *key, char const *value)
{
    char word[2 * NAME];

    if (*value)
        line ("meta", "%s=%s", key, line_word (word, sizeof (word), value));
}

void meta_warn (char const *what, char const *text)
{
    char key[NAME];

    format (key, sizeof (key), "warn_%s", what);
    fact (key, text);
}

/* The board's own name, or, where nobody has given it one, that of the whole machine (DSP0134, 7.2 and 7.3) */
static void board (struct smbios const *s)
{
    char a[NAME], b[NAME], both[2 * NAME];

    if (!s->data) {
        fact ("board_name", dt_model());
        return;
    }

    fact ("board_vendor", *smbios_string (s, SMBIOS_BOARD, 4, a, sizeof (a)) ? a : smbios_string (s, SMBIOS_SYSTEM, 4, a, sizeof (a)));
    fact ("board_name", *smbios_string (s, SMBIOS_BOARD, 5, a, sizeof (a)) ? a : smbios_string (s, SMBIOS_SYSTEM, 5, a, sizeof (a)));
    fact ("system_name", smbios_string (s, SMBIOS_SYSTEM, 5, a, sizeof (a)));
    fact ("cpu_socket_name", smbios_string (s, SMBIOS_CPU, 0x10, a, sizeof (a)));

    smbios_string (s, SMBIOS_FIRMWARE, 4, a, sizeof (a));
    smbios_string (s, SMBIOS_FIRMWARE, 5, b, sizeof (b));
    format (both, sizeof (both), *a && *b ? "%s %s" : "%s%s", a, b);
    fact ("firmware", both);
    fact ("firmware_date", smbios_string (s, SMBIOS_FIRMWARE, 8, a, sizeof (a)));
}

/* Whether it runs on its battery is behind AML, which nobody here interprets; that it may have one is not (7.4.1) */
static void chassis (struct smbios const *s)
{
    static uint8_t const portable[] = { 8, 9, 10, 11, 14, 30, 31, 32 };
    uint32_t type;

    if (!smbios_field (s, SMBIOS_CHASSIS, 5, 1, &type))
        return;

    for (unsigned i = 0; i < sizeof (portable); i++)
        if ((type & 0x7f) == portable[i])
            meta_warn ("battery", "a portable machine, whether it runs on its battery cannot be told");
}

static void privileged (void)
{
    static struct { uint64_t bit; char const *what, *text; } const warning[] = {
        { PLATFORM_SCALING, "scaling", "firmware has left changes of frequency on (EIST)" },
        { PLATFORM_HWP,     "hwp",     "the CPU chooses its frequency itself (HWP)" },
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
    struct smbios const *const s = board_smbios();

    privileged();
    board (s);
    chassis (s);
}
