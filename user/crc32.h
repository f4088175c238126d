/* SPDX-License-Identifier: GPL-2.0-only */
/* CRC-32 of zlib and IEEE 802.3, as the line protocol wants it. */
#pragma once

#include <stddef.h>
#include <stdint.h>

/* crc: 0 for the first block, the result so far for the next ones */
uint32_t crc32 (uint32_t crc, void const *, size_t);
