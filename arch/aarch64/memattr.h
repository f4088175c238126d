/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory attributes as this kernel supports them (interface specification, 7.7.5): all that are defined. */
#pragma once

#include <abi/mad_arch.h>

static inline int mad_valid (uint32_t mad) { return mad_defined (mad); }
