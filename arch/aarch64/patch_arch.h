/* SPDX-License-Identifier: GPL-2.0-only */
/* Features that decide about instructions (see patch.h). Numbers, since assembly has them, too. */
#pragma once

#define PATCH_LSE       0                               /* atomic instructions of FEAT_LSE                          */
#define PATCH_VHE       1                               /* the kernel runs with HCR_EL2.E2H 1: start.S decides          */
#define PATCH_FEATURES  2
