/* SPDX-License-Identifier: GPL-2.0-only */
#include <display.h>

#include <font.h>
#include <mem.h>
#include <record.h>

enum { COLUMNS_MAX = 256, ROWS_MAX = 128, WIDE = 2560 };       /* from WIDE pixels on, characters are twice as large */

struct cell { char c; uint8_t style; };

static struct display display;
static struct record_screen screen;                     /* a copy: others can write to the record               */
static uint8_t volatile *memory;
static struct cell shown[ROWS_MAX][COLUMNS_MAX];
static unsigned scale;

/* Foreground and background, and the same as attributes of text. The hues are those of Okabe and Ito, told apart by colour-blind eyes. */
static struct { uint8_t front[3], back[3], attribute; } const style[DISPLAY_STYLES] =
{
    [DISPLAY_PLAIN]  = { { 208, 208, 208 }, { 0, 0, 0 },      0x07 },
    [DISPLAY_BRIGHT] = { { 255, 255, 255 }, { 0, 0, 0 },      0x0f },
    [DISPLAY_TITLE]  = { { 255, 255, 255 }, { 0, 114, 178 },  0x1f },
    [DISPLAY_DIM]    = { { 86, 180, 233 },  { 0, 0, 0 },      0x0b },
    [DISPLAY_BAD]    = { { 0, 0, 0 },       { 230, 159, 0 },  0x60 },
};

static uint32_t pixel (uint8_t const rgb[3])
{
    uint32_t v = 0;

    for (unsigned i = 0; i < 3; i++) {
        unsigned const size = screen.colour[i].size;
        v |= (size < 8 ? (uint32_t) rgb[i] >> (8 - size) : (uint32_t) rgb[i] << (size - 8)) << screen.colour[i].pos;
    }

    return v;
}

static void put_pixel (uint8_t volatile *p, uint32_t v)
{
    if (screen.bits == 32)
        *(uint32_t volatile *) (void volatile *) p = v;
    else if (screen.bits == 16)
        *(uint16_t volatile *) (void volatile *) p = (uint16_t) v;
    else
        for (unsigned i = 0; i < 3; i++)
            p[i] = (uint8_t) (v >> 8 * i);
}

static void draw (unsigned column, unsigned row, struct cell cell)
{
    if (screen.type == SCREEN_TEXT) {
        uint8_t volatile *const p = memory + (size_t) row * screen.pitch + column * 2;
        *(uint16_t volatile *) (void volatile *) p = (uint16_t) ((uint8_t) cell.c | style[cell.style].attribute << 8);
        return;
    }

    uint32_t const front = pixel (style[cell.style].front), back = pixel (style[cell.style].back);
    unsigned const step = screen.bits / 8;
    size_t const left = (size_t) column * FONT_WIDTH * scale * step;

    for (unsigned y = 0; y < FONT_HEIGHT * scale; y++) {

        uint8_t const line = font[cell.c - FONT_FIRST][y / scale];
        uint8_t volatile *p = memory + (size_t) (row * FONT_HEIGHT * scale + y) * screen.pitch + left;

        for (unsigned x = 0; x < FONT_WIDTH * scale; x++, p += step)
            put_pixel (p, line << x / scale & 0x80 ? front : back);
    }
}

static void clear (void)
{
    struct cell const blank = { ' ', DISPLAY_PLAIN };

    if (screen.type == SCREEN_RGB)                      /* black is 0, whatever the colours are                 */
        for (unsigned y = 0; y < screen.height; y++)
            for (unsigned x = 0; x < screen.width; x++)
                put_pixel (memory + (size_t) y * screen.pitch + (size_t) x * (screen.bits / 8), 0);

    for (unsigned r = 0; r < display.rows; r++)
        for (unsigned c = 0; c < display.columns; c++) {
            shown[r][c] = blank;
            if (screen.type == SCREEN_TEXT)
                draw (c, r, blank);
        }
}

static unsigned smaller (unsigned a, unsigned b) { return a < b ? a : b; }

struct display const *display_open (char const **why)
{
    struct record_screen const *const r = record_screen();

    if (!r) {
        *why = record_find (RECORD_MEMORY) ? "the boot loader names no screen" : "this kernel names none";
        return NULL;
    }

    screen = *r;
    scale  = screen.type == SCREEN_RGB && screen.width >= WIDE ? 2 : 1;

    bool const text = screen.type == SCREEN_TEXT;

    display = (struct display) {
        .columns = smaller (text ? screen.width : screen.width / (FONT_WIDTH * scale), COLUMNS_MAX),
        .rows    = smaller (text ? screen.height : screen.height / (FONT_HEIGHT * scale), ROWS_MAX),
        .width = screen.width, .height = screen.height, .bits = text ? 0 : screen.bits,
    };

    if (display.columns < DISPLAY_COLUMNS || display.rows < DISPLAY_ROWS) {
        *why = "it is too small";
        return NULL;
    }

    memory = mem_map (screen.addr, (size_t) screen.pitch * screen.height, PERM_MEM_R | PERM_MEM_W, MAD_SCREEN);

    if (!memory) {
        *why = "its memory cannot be mapped";
        return NULL;
    }

    clear();

    return &display;
}

void display_text (unsigned column, unsigned row, unsigned width, enum display_style s, char const *text)
{
    for (unsigned i = 0; i < width && row < display.rows && column + i < display.columns; i++) {

        struct cell const cell = { *text >= FONT_FIRST && *text <= FONT_LAST ? *text : *text ? '?' : ' ', (uint8_t) s };
        struct cell *const old = &shown[row][column + i];

        if (*text)
            text++;

        if (old->c != cell.c || old->style != cell.style) {
            *old = cell;
            draw (column + i, row, cell);
        }
    }
}
