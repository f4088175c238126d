/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The screen that boot loader or firmware has left on. The kernel draws nothing; it hands the description on to the root task, in a record,
 * once that has been checked.
 */
#pragma once

#include <base/types.h>

struct fdt;
struct screen;

/* By a node "simple-framebuffer" of a device tree, unless *out has one already */
void screen_fdt (struct screen *out, struct fdt const *);

/*
 * Boot CPU, after record_init() and when all protected memory is known: adds RECORD_SCREEN, and one line. What makes no sense, or would
 * show memory that the root task must not write, is told in that line and left out. [start, end): the root task's image.
 */
void screen_publish (struct screen const *, paddr_t start, paddr_t end);
