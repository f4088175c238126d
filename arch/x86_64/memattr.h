/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory attributes as this kernel supports them: no memory encryption, so KIMAX is 0 (interface specification, 8.7.5). */
#pragma once

#include <abi/mad_arch.h>

#define KIMAX 0

static inline int mad_valid (uint32_t mad) { return mad_defined (mad) && mad_ki (mad) <= KIMAX; }
