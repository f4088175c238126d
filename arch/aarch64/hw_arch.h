/* SPDX-License-Identifier: GPL-2.0-only */
/* Sizes of the platform. */
#pragma once

#define HW_INT_MAX 988                                  /* shared peripheral interrupts of a GIC: 32...1019     */
