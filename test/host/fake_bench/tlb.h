/* SPDX-License-Identifier: GPL-2.0-only */
#pragma once

#include "../../../bench/tlb.h"
