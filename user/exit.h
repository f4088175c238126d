/* SPDX-License-Identifier: GPL-2.0-only */
/* Ends the emulator: QEMU's isa-debug-exit device at 0xf4 makes the exit status value << 1 | 1, Bochs stops at port 0x8900. */
#pragma once

_Noreturn void machine_exit (unsigned value);           /* on real hardware: the calling EC blocks for ever     */
