/* SPDX-License-Identifier: GPL-2.0-only */
/* PL011 driver against a model of its registers: what may be written, and when. */
#include "../../kernel/console/uart_pl011.c"

#include <host.h>

static struct {
    bool        sbsa;                                   /* line control and switch do not exist                     */
    bool        stuck;
    uint32_t    lcr, cr, imsc;
    unsigned    busy, n, reads;                         /* busy: reads of the flags until a character is out        */
    char        text[64];
} model;

uint32_t mmio_read32 (volatile void *base, size_t off)
{
    assert_ptr_equal (base, &model);
    assert_int_equal (off, REG_FR);                     /* nothing else is read: not all of it can be               */
    model.reads++;

    if (model.stuck)
        return FR_BUSY | FR_TXFF;

    return model.busy && model.busy-- ? FR_BUSY | FR_TXFF : 0;
}

void mmio_write32 (volatile void *base, size_t off, uint32_t v)
{
    assert_ptr_equal (base, &model);

    switch (off) {

        case REG_DR:
            assert_int_equal (model.busy, 0);           /* it would be lost                                         */
            assert_true (model.sbsa || model.cr == CR_ON);
            model.text[model.n++] = (char)v;
            model.busy = 3;
            return;

        case REG_LCR_H:
            assert_int_equal (model.cr, 0);
            assert_false (model.sbsa);
            model.lcr = v;
            return;

        case REG_CR:
            assert_false (model.sbsa);
            model.cr = v;
            return;

        case REG_IMSC:
            model.imsc = v;
            return;
    }

    fail();
}

static struct uart_pl011 *make (bool sbsa, bool stuck)
{
    static struct uart_pl011 u;

    memset (&model, 0, sizeof model);
    model.sbsa  = sbsa;
    model.stuck = stuck;
    model.busy  = 5;                                    /* firmware has just said something                         */
    model.imsc  = 0x7ff;
    model.cr    = CR_ON;
    u = (struct uart_pl011){ .regs = &model, .sbsa = sbsa };
    uart_pl011_init (&u);
    assert_int_equal (model.imsc, 0);
    assert_true (u.console.boot_only);

    return &u;
}

static void say (struct uart_pl011 *u, char const *s)
{
    while (*s)
        u->console.putc (&u->console, *s++);
}

static void test_pl011 (void **state UNUSED)
{
    struct uart_pl011 *const u = make (false, false);

    assert_int_equal (model.lcr, LCR_H_8N1);
    assert_int_equal (model.cr, CR_ON);
    say (u, "a\nb");
    assert_string_equal (model.text, "a\r\nb");
}

static void test_sbsa (void **state UNUSED)
{
    struct uart_pl011 *const u = make (true, false);

    say (u, "a\nb");
    assert_string_equal (model.text, "a\r\nb");
}

/* One long wait, then one look per character; when it goes on, so do we */
static void test_stuck (void **state UNUSED)
{
    struct uart_pl011 *const u = make (true, true);

    say (u, "x");
    assert_true (model.reads > SPIN_MAX && model.reads < 2 * SPIN_MAX);
    model.reads = 0;
    say (u, "yz");
    assert_int_equal (model.reads, 2);
    assert_int_equal (model.n, 0);
    model.stuck = false;
    model.busy  = 0;
    say (u, "c");
    assert_string_equal (model.text, "c");
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_pl011),
        cmocka_unit_test (test_sbsa),
        cmocka_unit_test (test_stuck),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
