/* SPDX-License-Identifier: GPL-2.0-only */
/* QEMU's "virt": what the flattened device tree cannot say, since it has not been read yet. See doc/porting.md. */
#pragma once

#define BOARD_LOAD_ADDR     0x40200000                  /* of the ELF file: RAM begins at 1 GiB                 */

/* What is said without a device tree */
#define BOARD_UART          UART_PL011
#define BOARD_UART_ADDR     0x9000000
