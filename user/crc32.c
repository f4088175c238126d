/* SPDX-License-Identifier: GPL-2.0-only */
#include <crc32.h>

uint32_t crc32 (uint32_t crc, void const *p, size_t n)
{
    uint8_t const *b = p;

    crc = ~crc;

    for (size_t i = 0; i < n; i++) {
        crc ^= b[i];
        for (unsigned k = 0; k < 8; k++)
            crc = crc >> 1 ^ (crc & 1 ? UINT32_C (0xedb88320) : 0);
    }

    return ~crc;
}
