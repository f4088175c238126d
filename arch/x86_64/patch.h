/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions that are put in place once at boot, according to what the CPU can do. */
#pragma once

/* Boot CPU, after cpu_features_init() and while the kernel's text is still writable */
void patch_init (void);
