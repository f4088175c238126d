/* SPDX-License-Identifier: GPL-2.0-only */
#include <pic.h>

#include <pio.h>
#include <vectors.h>

/* Intel 8259A datasheet, "Programming the 8259A"; addresses from the ICH9 datasheet, 13.4 */
enum {
    PIC1_COMMAND    = 0x20,
    PIC1_DATA       = 0x21,
    PIC2_COMMAND    = 0xa0,
    PIC2_DATA       = 0xa1,

    ICW1_INIT       = 0x11,                             /* cascade, edge, ICW4 follows                          */
    ICW3_PIC1       = 1 << 2,                           /* second controller at input 2                         */
    ICW3_PIC2       = 2,
    ICW4_8086       = 0x1,                              /* normal EOI, not buffered                             */
    OCW1_ALL        = 0xff,
};

void pic_init (void)
{
    pio_out8 (PIC1_COMMAND, ICW1_INIT);
    pio_out8 (PIC2_COMMAND, ICW1_INIT);
    pio_out8 (PIC1_DATA, VEC_PIC_BASE);
    pio_out8 (PIC2_DATA, VEC_PIC_BASE + 8);
    pio_out8 (PIC1_DATA, ICW3_PIC1);
    pio_out8 (PIC2_DATA, ICW3_PIC2);
    pio_out8 (PIC1_DATA, ICW4_8086);
    pio_out8 (PIC2_DATA, ICW4_8086);
    pio_out8 (PIC1_DATA, OCW1_ALL);
    pio_out8 (PIC2_DATA, OCW1_ALL);
}
