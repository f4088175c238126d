/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The end of a root task. The word end= of its command line says what becomes of the machine:
 *
 *   not there      the emulator ends: QEMU's isa-debug-exit device at 0xf4 makes the exit status value << 1 | 1, Bochs stops at
 *                  port 0x8900. Not for real hardware, where these ports may belong to anything.
 *   end=stay       one last line, then nothing happens any more
 *   end=reset      one last line, then the machine resets
 */
#pragma once

_Noreturn void machine_exit (unsigned value);           /* where the machine goes on, the calling EC blocks for ever */
