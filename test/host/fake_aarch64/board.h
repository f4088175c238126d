/* SPDX-License-Identifier: GPL-2.0-only */
/* Stands for the header of the board, which the build chooses. */
#pragma once

#include <board/qemu.h>
