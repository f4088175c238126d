/* SPDX-License-Identifier: GPL-2.0-only */
/* Features that decide about instructions (see patch.h). Numbers, since assembly has them, too. */
#pragma once

#define PATCH_SMAP      0                               /* CLAC is an instruction                                   */
#define PATCH_PCID      1                               /* PCIDs are used: spaces can be stale                      */
#define PATCH_SHSTK     2                               /* supervisor shadow stacks are used                        */
#define PATCH_XSAVES    3                               /* the FPU's state is saved by this instruction ...         */
#define PATCH_XSAVEC    4                               /* ... by this one or one above                             */
#define PATCH_XSAVEOPT  5
#define PATCH_XSAVE     6
#define PATCH_FEATURES  7
