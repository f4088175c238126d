/* SPDX-License-Identifier: GPL-2.0-only */
/* Features that decide about instructions (see patch.h). Numbers, since assembly has them, too. */
#pragma once

#define PATCH_SMAP      0                               /* CLAC is an instruction                                   */
#define PATCH_PCID      1                               /* PCIDs are used: spaces can be stale                      */
#define PATCH_SHSTK     2                               /* supervisor shadow stacks are used                        */
#define PATCH_FEATURES  3
