/* SPDX-License-Identifier: GPL-2.0-only */
/* What the CPU offers for guests, read once: which extension, and what its nested page tables can express. */
#pragma once

#include <base/types.h>

enum virt_kind { VIRT_NONE, VIRT_VMX, VIRT_SVM };

/* Boot CPU, after cpu_features_init(). Prints a line. */
void virt_init (void);

/* VIRT_NONE: the CPU has neither VMX with EPT nor SVM with nested paging, or firmware has locked it off */
enum virt_kind virt_kind (void);

/* EPT, with VIRT_VMX (Intel SDM 3D, A.10) */
unsigned virt_ept_levels   (void);                      /* as many as the host has, 4 if the CPU walks no 5         */
unsigned virt_ept_leaf_max (void);                      /* highest level with leaves: 0, 1 or 2                     */
bool     virt_ept_x_only   (void);                      /* pages may be executable and not readable                 */
bool     virt_ept_mbec     (void);                      /* execution in user and supervisor mode apart (SDM 3C, 29.3.3) */
