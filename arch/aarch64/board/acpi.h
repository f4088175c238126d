/* SPDX-License-Identifier: GPL-2.0-only */
/* A machine whose firmware describes it by ACPI tables, by Arm's Base System Architecture: nothing is known before. See doc/porting.md. */
#pragma once

#define BOARD_LOAD_ADDR     0x80200000                  /* of the ELF file: most such machines have RAM there   */

/* What firmware does not name is not there */
#define BOARD_UART          UART_NONE
#define BOARD_UART_ADDR     0
