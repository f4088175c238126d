/* SPDX-License-Identifier: GPL-2.0-only */
/* Bitmaps of the printable characters of ASCII, 8 by 16 pixels: line by line, the leftmost pixel is the highest bit. */
#pragma once

#include <stdint.h>

enum { FONT_FIRST = 0x20, FONT_LAST = 0x7e, FONT_WIDTH = 8, FONT_HEIGHT = 16 };

extern uint8_t const font[FONT_LAST - FONT_FIRST + 1][FONT_HEIGHT];
