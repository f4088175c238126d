/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI sleep states and reset. The S value and the bytes A and B are those of the ctrl_hw descriptor (interface
 * specification, 5.5.1): bits 2...0, 5...3 and 8...6.
 */
#pragma once

#include <base/compiler.h>
#include <base/types.h>

struct acpi;

enum { POWER_S1 = 1, POWER_S2, POWER_S3, POWER_S4, POWER_S5, POWER_RESET = 7 };

static inline unsigned power_desc_s (uint64_t desc) { return desc & 7; }
static inline uint8_t  power_desc_a (uint64_t desc) { return desc >> 3 & 7; }
static inline uint8_t  power_desc_b (uint64_t desc) { return desc >> 6 & 7; }

/* Boot CPU, once mmio_map() works */
void power_init (struct acpi const *);

/* S4, S5 (when the FADT names a control register) and reset; S1 to S3 and undefined values are not */
bool power_supported (unsigned s);

/*
 * S4 or S5: a and b are SLP_TYPa and SLP_TYPb. Any one CPU, the others stopped. Returns, after about a second, only when the
 * platform does not obey.
 */
void power_off (uint8_t a, uint8_t b);

/* Everything that is known to reset a PC, one after the other; always works */
NORETURN void power_reset (void);
