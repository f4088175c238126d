/* SPDX-License-Identifier: GPL-2.0-only */
/* Instructions that are put in place once at boot, according to what the CPU can do. */
#pragma once

#define PATCH_PCID_SIZE 12                              /* of the look at the marks in entry.S: SWITCH_SPACE            */

#ifndef __ASSEMBLY__

/* Boot CPU, after cpu_features_init() and while the kernel's text is still writable */
void patch_init (void);

/* Boot CPU, before the first EC runs: switches of spaces look for stale PCIDs */
void patch_pcid (void);

#endif
