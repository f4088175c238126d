/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes of the platform. */
#pragma once

#include <vectors.h>

#define HW_INT_MAX VEC_INT_COUNT
