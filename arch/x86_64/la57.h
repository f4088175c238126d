/* SPDX-License-Identifier: GPL-2.0-only */
/* 5-level paging, 57-bit addresses: the choice at boot. */
#pragma once

/*
 * Boot CPU on its own tables and still on the boot stack, after the command line is known, before there is any space but NOVA's
 * and before control-flow protection is on. If the word la57 asks for it and the CPU can do it, the machine has 5 levels from here on;
 * otherwise one line says why not.
 */
void la57_init (void);
