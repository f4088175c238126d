/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen that the kernel's record names, as a grid of characters. There is none on NOVA, which has no such record. What is on the
 * screen already is not drawn again: nothing is ever read from the screen's memory.
 */
#pragma once

#include <stdbool.h>

enum display_style { DISPLAY_PLAIN, DISPLAY_BRIGHT, DISPLAY_TITLE, DISPLAY_DIM, DISPLAY_BAD, DISPLAY_STYLES };

struct display { unsigned columns, rows, width, height, bits; };        /* width and height as in the record; bits 0: text */

/* Clears the screen. Null, and why: there is none, or it is too small for DISPLAY_COLUMNS by DISPLAY_ROWS */
enum { DISPLAY_COLUMNS = 80, DISPLAY_ROWS = 25 };
struct display const *display_open (char const **why);

/* Text from a column on, cut at the end of the row, or after width characters; what is left of the width becomes blank */
void display_text (unsigned column, unsigned row, unsigned width, enum display_style, char const *text);
