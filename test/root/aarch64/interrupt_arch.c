/* SPDX-License-Identifier: GPL-2.0-only */
/* The transmitter of the console's PL011 */
#include <interrupt.h>
#include <transmitter.h>

unsigned interrupt_source (void)
{
    struct transmitter t;

    return transmitter_open (&t) ? t.pin : 0;
}

void interrupt_start (unsigned pin) { (void) pin; transmitter_raise(); }
void interrupt_silence (void) { transmitter_lower(); }
