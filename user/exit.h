/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a root task. The word end= of its command line says what becomes of the machine:
 *
 *   not there      the emulator ends; QEMU's exit status is then value << 1 | 1. Not for real hardware, whose ports may belong to
 *                  anything.
 *   end=stay       one last line, then nothing happens any more
 *   end=reset      one last line, then the machine resets
 */
#pragma once

_Noreturn void machine_exit (unsigned value);           /* where the machine goes on, the calling EC blocks for ever */

/* Architecture: returns where there is no emulator that it could end */
void        emulator_exit (unsigned value);
