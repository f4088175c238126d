/* SPDX-License-Identifier: GPL-2.0-only */
/* Not the system's */
#pragma once

#include "../../../bench/glob.h"
