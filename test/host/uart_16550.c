/* SPDX-License-Identifier: GPL-2.0-only */
/* 16550 driver against a model behind ports, and in memory. */
#include "../../kernel/console/uart_16550.c"

#include <host.h>

enum kind { NORMAL, NO_SCRATCH, MISSING, STUCK, SLOW };

static struct {
    enum kind   kind;
    uint8_t     regs[8], divisor[2];
    char        text[64];
    unsigned    n, reads, busy;                         /* busy: LSR reads until the transmitter is ready           */
} model;

uint8_t pio_in8 (uint16_t port)
{
    unsigned const r = (unsigned)(port - 0x3f8);

    assert_true (r < 8);
    model.reads++;

    if (model.kind == MISSING)
        return 0xff;
    if (r == REG_SCR && model.kind == NO_SCRATCH)
        return 0;
    if (r != REG_LSR)
        return model.regs[r];
    if (model.kind == STUCK)
        return 0;
    if (model.busy) {
        model.busy--;
        return 0;
    }

    return 0x60;
}

void pio_out8 (uint16_t port, uint8_t v)
{
    unsigned const r = (unsigned)(port - 0x3f8);

    assert_true (r < 8);

    if (r < 2 && model.regs[REG_LCR] & LCR_DLAB)
        model.divisor[r] = v;
    else if (r == REG_THR) {
        assert_int_equal (model.busy, 0);
        assert_true (model.n < sizeof model.text - 1);
        model.text[model.n++] = (char)v;
        model.busy = model.kind == SLOW ? 50 : 0;
    } else
        model.regs[r] = v;
}

static struct uart_16550 *make (enum kind k)
{
    static struct uart_16550 u;

    memset (&model, 0, sizeof model);
    model.kind = k;
    u = (struct uart_16550){ .port = 0x3f8 };
    return &u;
}

static void say (struct uart_16550 *u, char const *s)
{
    while (*s)
        u->console.putc (&u->console, *s++);
}

static void test_normal (void **state UNUSED)
{
    for (enum kind k = NORMAL; k <= SLOW; k++) {
        if (k == MISSING || k == STUCK)
            continue;
        struct uart_16550 *const u = make (k);
        assert_true (uart_16550_init (u));
        assert_true (u->console.boot_only);
        assert_int_equal (model.divisor[0], 1);
        assert_int_equal (model.divisor[1], 0);
        assert_int_equal (model.regs[REG_LCR], 3);
        assert_int_equal (model.regs[REG_IER], 0);
        assert_int_equal (model.regs[REG_FCR], 7);
        assert_int_equal (model.regs[REG_MCR], 3);
        say (u, "hi\nyou\n");
        assert_string_equal (model.text, "hi\r\nyou\r\n");
    }
}

static void test_keep_rate (void **state UNUSED)
{
    struct uart_16550 *const u = make (NORMAL);

    model.divisor[0] = 77;
    u->keep_rate = true;
    assert_true (uart_16550_init (u));
    assert_int_equal (model.divisor[0], 77);
    assert_int_equal (model.regs[REG_LCR], 3);
}

static void test_missing (void **state UNUSED)
{
    assert_false (uart_16550_init (make (MISSING)));
    assert_in_range (model.reads, 1, 10);
}

static void test_stuck (void **state UNUSED)
{
    struct uart_16550 *const u = make (STUCK);

    assert_true (uart_16550_init (u));
    say (u, "lost");
    assert_int_equal (model.n, 0);
    assert_in_range (model.reads, SPIN_MAX, SPIN_MAX + 20);     /* one long wait for all of them                    */
    model.kind = NORMAL;
    say (u, "back\n");
    assert_string_equal (model.text, "back\r\n");
}

static void test_memory (void **state UNUSED)
{
    for (uint8_t stride = 0; stride <= 8; stride++) {

        struct uart_16550 *const u = make (NORMAL);
        uint8_t *const regs = malloc (8U * MAX (stride, 1));

        memset (regs, 0x60, 8U * MAX (stride, 1));
        u->regs = regs;
        u->stride = stride;

        bool const good = stride == 1 || stride == 2 || stride == 4;

        assert_int_equal (uart_16550_init (u), good);
        if (good) {
            assert_int_equal (regs[REG_LCR * stride], 3);
            assert_int_equal (regs[REG_FCR * stride], 7);
            say (u, "x");
            assert_int_equal (regs[0], 'x');
        }
        assert_int_equal (model.reads, 0);

        memset (regs, 0xff, 8U * MAX (stride, 1));
        for (unsigned i = 0; good && i < 8; i++)
            regs[i * stride] = i == REG_SCR ? 0 : 0xff;
        free (regs);
    }
}

/* Registers four bytes apart that are bytes: what is between them is not touched */
static void test_width (void **state UNUSED)
{
    for (uint8_t width = 0; width <= 5; width++) {

        struct uart_16550 *const u = make (NORMAL);
        uint8_t regs[8 * 4];

        memset (regs, 0x60, sizeof regs);
        u->regs = regs;
        u->stride = 4;
        u->width = width;

        bool const good = width <= 2 || width == 4;
        unsigned const written = width ? width : 4;

        assert_int_equal (uart_16550_init (u), good);

        for (unsigned i = 0; i < 4; i++)
            assert_int_equal (regs[REG_IER * 4 + i], good && i < written ? 0 : 0x60);
    }
}

int main (void)
{
    static struct CMUnitTest const tests[] = {
        cmocka_unit_test (test_normal),
        cmocka_unit_test (test_keep_rate),
        cmocka_unit_test (test_missing),
        cmocka_unit_test (test_stuck),
        cmocka_unit_test (test_memory),
        cmocka_unit_test (test_width),
    };

    return cmocka_run_group_tests (tests, NULL, NULL);
}
