/* SPDX-License-Identifier: GPL-2.0-only */
/* Each byte that says where something is counts once: memory of firmware may change between two looks. */
#include <smbios.h>

#include <abi/record.h>
#include <base/macros.h>
#include <string.h>

enum { HEADER = 4, ENTRY_64 = 24, ENTRY_32 = 31 };

enum { FIRMWARE = 0, SYSTEM = 1, BOARD = 2, CHASSIS = 3, CPU = 4, END = 127 };  /* types of structures, 7           */

static struct { uint8_t type, offset; } const text[BOARD_TEXTS] = {
    [BOARD_FIRMWARE_VENDOR]  = { FIRMWARE, 0x4 },
    [BOARD_FIRMWARE_VERSION] = { FIRMWARE, 0x5 },
    [BOARD_FIRMWARE_DATE]    = { FIRMWARE, 0x8 },
    [BOARD_SYSTEM_VENDOR]    = { SYSTEM,   0x4 },
    [BOARD_SYSTEM_NAME]      = { SYSTEM,   0x5 },
    [BOARD_VENDOR]           = { BOARD,    0x4 },
    [BOARD_NAME]             = { BOARD,    0x5 },
    [BOARD_CPU]              = { CPU,      0x10 },
};

static uint64_t number (uint8_t const *p, unsigned bytes)
{
    uint64_t v = 0;

    while (bytes--)
        v = v << 8 | p[bytes];

    return v;
}

static bool sum_zero (uint8_t const *p, size_t n)
{
    uint8_t sum = 0;

    while (n--)
        sum = (uint8_t)(sum + *p++);

    return !sum;
}

bool smbios_entry (uint8_t const *e, size_t size, paddr_t *table, uint32_t *length)
{
    if (size >= ENTRY_64 && !memcmp (e, "_SM3_", 5) && e[6] >= ENTRY_64 && e[6] <= size && sum_zero (e, e[6])) {
        *table  = number (e + 16, 8);
        *length = (uint32_t)number (e + 12, 4);
        return true;
    }

    /* Version 2.1 says 30 of 31 bytes, by mistake */
    if (size >= ENTRY_32 && !memcmp (e, "_SM_", 4) && e[5] >= ENTRY_32 - 1 && e[5] <= size && sum_zero (e, e[5]) &&
        !memcmp (e + 16, "_DMI_", 5)) {
        *table  = number (e + 24, 4);
        *length = (uint32_t)number (e + 22, 2);
        return true;
    }

    return false;
}

/* String n, counted from 1, of those in [p, end), as far as it can be printed; 0: none */
static void copy (char to[BOARD_TEXT], uint8_t const *p, uint8_t const *end, unsigned n)
{
    size_t length = 0;

    for (; n > 1 && p < end; p++)
        n -= !*p;

    for (; n == 1 && p < end && length < BOARD_TEXT - 1; p++) {

        uint8_t const c = *p;

        if (!c)
            break;

        to[length++] = c >= ' ' && c < 0x7f ? (char)c : '?';
    }

    while (length && to[length - 1] == ' ')
        length--;

    to[length] = 0;
}

/* Of a structure of that type, whose formatted part has length bytes; its strings end at end */
static void take (struct record_board *b, unsigned type, uint8_t const *s, unsigned length, uint8_t const *end)
{
    if (type == CHASSIS && length > 5)
        b->chassis = s[5] & 0x7f;                       /* the highest bit: it has a lock (7.4)                     */

    for (unsigned i = 0; i < BOARD_TEXTS; i++)
        if (text[i].type == type && text[i].offset < length)
            copy (b->text[i], s + length, end, s[text[i].offset]);
}

void smbios_board (struct record_board *b, uint8_t const *p, size_t size)
{
    unsigned seen = 0;

    for (size_t at = 0, next; size - at >= HEADER; at = next) {

        unsigned const type = p[at], length = p[at + 1];

        if (type == END || length < HEADER || length > size - at)
            return;

        /* Strings, each with its zero, and one zero more; two if there is none (6.1.3) */
        for (next = at + length; size - next >= 2 && (p[next] || p[next + 1]); next++) ;

        if (size - next < 2)
            return;

        next += 2;

        if (type <= CPU && !(seen & BIT (type)))
            take (b, type, p + at, length, p + next);

        seen |= type <= CPU ? BIT (type) : 0;
    }
}
